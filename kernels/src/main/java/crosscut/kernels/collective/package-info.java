/**
 * What ranks exchange with each other. {@link crosscut.kernels.collective.Collectives} gives bound operations like every other op family; here are the one
 * for a single rank, the one for CPU ranks over sockets, and the one that stages simulated devices' tensors through host memory for it.
 * {@link crosscut.kernels.collective.Rendezvous} is how ranks find each other before that.
 *
 * <p>Belongs here: moving and summing tensors between ranks. Does not belong here: what the tensors mean, who owns which table, who supervises whom.
 */
package crosscut.kernels.collective;
