package crosscut.launcher.malformed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tf_raw data set of a few kilobytes: two tables, two numerical features, 64 samples for training and 32 for testing. Tests spoil it.
 *
 * @param folder where it lies
 */
record SmallDataset(Path folder) {

    static final String SPEC = """
            channel_spec:
              categorical: [color, shop]
              numerical: [price, age]
              label: [clicked]
            feature_spec:
              color: {dtype: int8, cardinality: 5}
              shop: {dtype: int16, cardinality: 300}
              price: {dtype: float16}
              age: {dtype: float16}
              clicked: {dtype: bool}
            source_spec:
              test:
              - {type: split_binary, features: [price, age], files: [test/numerical.bin]}
              - {type: split_binary, features: [clicked], files: [test/label.bin]}
              - {type: split_binary, features: [color], files: [test/color.bin]}
              - {type: split_binary, features: [shop], files: [test/shop.bin]}
              train:
              - {type: split_binary, features: [price, age], files: [train/numerical.bin]}
              - {type: split_binary, features: [clicked], files: [train/label.bin]}
              - {type: split_binary, features: [color], files: [train/color.bin]}
              - {type: split_binary, features: [shop], files: [train/shop.bin]}
            """;

    /** Flags of train for it, with DIR for the folder that it lies in. */
    static final String FLAGS = "--dataset_path=DIR/set --batch_size=16 --valid_batch_size=16 --threads=1 --embedding_dim=4 --bottom_mlp_dims=8,4"
            + " --top_mlp_dims=8,1 --num_cross_layers=1 --cross_layer_projection_dim=2";

    static SmallDataset write(Path folder) {
        SmallDataset dataset = new SmallDataset(folder);
        dataset.text("feature_spec.yaml", SPEC);
        dataset.split("train", 64);
        dataset.split("test", 32);
        return dataset;
    }

    private void split(String name, int samples) {
        ByteBuffer numerical = ByteBuffer.allocate(samples * 4).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer shop = ByteBuffer.allocate(samples * 2).order(ByteOrder.LITTLE_ENDIAN);
        byte[] label = new byte[samples];
        byte[] color = new byte[samples];
        for (int sample = 0; sample < samples; sample++) {
            label[sample] = (byte) (sample % 3 == 0 ? 1 : 0);
            color[sample] = (byte) (sample % 5);
            shop.putShort((short) (sample * 7 % 300));
            numerical.putShort(Float.floatToFloat16(sample / 8f)).putShort(Float.floatToFloat16(sample % 4));
        }
        bytes(name + "/numerical.bin", numerical.array());
        bytes(name + "/label.bin", label);
        bytes(name + "/color.bin", color);
        bytes(name + "/shop.bin", shop.array());
    }

    void text(String name, String content) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void bytes(String name, byte... content) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.write(folder.resolve(name), content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    byte[] bytes(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
