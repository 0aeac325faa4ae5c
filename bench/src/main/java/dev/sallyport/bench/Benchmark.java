package dev.sallyport.bench;

/** Something that is measured on a lab of its own. */
@FunctionalInterface
interface Benchmark {
    void run(Options options, Report report) throws Exception;
}
