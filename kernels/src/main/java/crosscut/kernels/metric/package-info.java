/** Area under the ROC curve: exact, and as the reference counts it. */
package crosscut.kernels.metric;
