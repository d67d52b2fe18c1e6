/** The elementwise half of the cross network (Wang et al. 2020, arXiv 2008.13535, equation 1); its matrix products are ordinary ones. */
package crosscut.kernels.cross;
