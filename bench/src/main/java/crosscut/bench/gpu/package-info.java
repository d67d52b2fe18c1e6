/** What {@code bench/gpu/run} needs beside the program: its report, and our side of the race. Nothing here is needed to train. */
package crosscut.bench.gpu;
