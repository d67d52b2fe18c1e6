/** NVTX, by which profilers such as Nsight Systems learn the names of what a program does. */
package crosscut.bindings.nvtx;
