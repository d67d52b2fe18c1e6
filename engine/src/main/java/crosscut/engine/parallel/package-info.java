/**
 * Several ranks as one training: who they are ({@link crosscut.engine.parallel.World}), which rank owns which embedding table
 * ({@link crosscut.engine.parallel.TablePlacement}), and which columns of a global batch a rank reads ({@link crosscut.engine.parallel.RankInput}). The
 * dense part of the model is data-parallel, the embedding tables are model-parallel.
 *
 * <p>Knows samples and sizes, not layers: the exchange of embedding vectors lies beside the layer it replaces, in {@code engine.model}.
 */
package crosscut.engine.parallel;
