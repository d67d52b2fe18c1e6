/**
 * The race of Crosscut's CPU path against others: two processes take turns at the same work on the same values, after it is shown that they compute the same.
 * Nothing here knows PyTorch; its side lies in {@code bench/src/peers} and is compiled with the profile {@code cpu-peers} only.
 */
package crosscut.bench.cpu;
