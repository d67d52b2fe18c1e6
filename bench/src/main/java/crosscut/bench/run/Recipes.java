package crosscut.bench.run;

import java.nio.file.Path;

/**
 * Which recipes are trained.
 *
 * @param folder where they lie, each a file that ends in {@value Recipe#ENDING}
 * @param seeds how many times each is trained, with seeds 1 to this
 */
record Recipes(Path folder, int seeds) {

    static final Recipes DEFAULT = new Recipes(Path.of("docs", "recipes"), 5);
}
