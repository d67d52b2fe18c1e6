package crosscut.engine.preprocess;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The rules of preprocessing once more, with maps and loops, for fields as text; written without a look at the SQL. */
final class NaivePreprocessing {

    private static final BigInteger PRIME = BigInteger.valueOf(2147483647);

    private NaivePreprocessing() {
    }

    /** Ids from 1 by falling count, then by value, of the values that are there at least {@code threshold} times. */
    static Map<String, Integer> dictionary(List<String> values, long threshold) {
        Map<String, Integer> counts = new HashMap<>();
        values.stream().filter(value -> !value.isEmpty()).forEach(value -> counts.merge(value, 1, Integer::sum));
        List<String> kept = new ArrayList<>(counts.keySet());
        kept.removeIf(value -> counts.get(value) < threshold);
        kept.sort(Comparator.comparing((String value) -> -counts.get(value)).thenComparing(Comparator.naturalOrder()));
        Map<String, Integer> ids = new HashMap<>();
        kept.forEach(value -> ids.put(value, ids.size() + 1));
        return ids;
    }

    /** The reference's transform of a count, in float16. */
    static short log3(String field) {
        double value = field.isEmpty() ? 0 : Double.parseDouble(field);
        return Float.floatToFloat16(field.isEmpty() || value <= -3 ? 0f : (float) Math.log(value + 3));
    }

    /** ln(x + 1) standardized over the training fields, in float16. */
    static short log1pStandardized(String field, List<String> trainingFields) {
        double[] logs = trainingFields.stream().filter(value -> !value.isEmpty()).mapToDouble(value -> Math.log1p(Math.max(0, Double.parseDouble(value)))).toArray();
        double mean = IntStream.range(0, logs.length).mapToDouble(index -> logs[index]).average().orElse(0);
        double variance = IntStream.range(0, logs.length).mapToDouble(index -> (logs[index] - mean) * (logs[index] - mean)).average().orElse(1);
        return Float.floatToFloat16(field.isEmpty() ? 0f : (float) ((Math.log1p(Math.max(0, Double.parseDouble(field))) - mean) / Math.sqrt(variance)));
    }

    /** Row numbers in the random order: by ((row * a + b) mod p)^5 mod p with p = 2^31 - 1, where a and b are SplitMix64 of the seed and of its complement. */
    static List<Integer> shuffled(int rows, long seed) {
        BigInteger a = splitMix(seed).mod(PRIME.subtract(BigInteger.ONE)).add(BigInteger.ONE);
        BigInteger b = splitMix(~seed).mod(PRIME);
        return IntStream.range(0, rows).boxed().sorted(Comparator.comparing((Integer row) -> a.multiply(BigInteger.valueOf(row)).add(b).modPow(BigInteger.valueOf(5), PRIME))
                .thenComparing(Comparator.naturalOrder())).toList();
    }

    private static BigInteger splitMix(long seed) {
        BigInteger word = BigInteger.ONE.shiftLeft(64);
        BigInteger z = BigInteger.valueOf(seed).mod(word).add(new BigInteger("9e3779b97f4a7c15", 16)).mod(word);
        z = z.xor(z.shiftRight(30)).multiply(new BigInteger("bf58476d1ce4e5b9", 16)).mod(word);
        z = z.xor(z.shiftRight(27)).multiply(new BigInteger("94d049bb133111eb", 16)).mod(word);
        return z.xor(z.shiftRight(31));
    }
}
