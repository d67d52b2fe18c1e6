/**
 * What ranks exchange with each other. {@link crosscut.kernels.collective.Collectives} gives bound operations like every other op family; here are the one
 * for a single rank, for CPU ranks over sockets, for GPUs through NCCL, and for simulated GPUs through host memory and sockets.
 * {@link crosscut.kernels.collective.Rendezvous} is how ranks find each other before that.
 *
 * <p>Belongs here: moving and summing tensors between ranks. Does not belong here: what the tensors mean, who owns which table, who supervises whom.
 */
package crosscut.kernels.collective;
