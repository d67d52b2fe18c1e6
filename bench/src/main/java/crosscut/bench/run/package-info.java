/**
 * {@code crosscut bench}: which benchmarks a preset runs, and what their times mean against what the machine does at best. Suites say what to run and make a
 * table of it; reports write the tables as Markdown and JSON.
 */
package crosscut.bench.run;
