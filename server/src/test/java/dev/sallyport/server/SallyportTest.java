package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SallyportTest {
    @Test
    void eachFaceSaysWhatItTakes() {
        assertThat(Sallyport.help("demo")).contains("Usage: sallyport demo", "--dir FOLDER", "--port N", "--tour");
        assertThat(Sallyport.help("server")).startsWith("Usage: sallyport server --config FILE");
    }
}
