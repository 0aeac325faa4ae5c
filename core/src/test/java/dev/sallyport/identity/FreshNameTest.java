package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Names;
import org.junit.jupiter.api.Test;

class FreshNameTest {
    @Test
    void makesAValidNameOfAnything() {
        assertThat(FreshName.of("Kim.Doe@Example.org")).isEqualTo("kim.doe-example.org");
        assertThat(FreshName.of("--Ünal  K--")).isEqualTo("nal-k");
        assertThat(FreshName.of("…")).isEqualTo("person");
        assertThat(Names.check("name", FreshName.of("x".repeat(62) + "-yz"))).hasSize(62);
    }

    @Test
    void numbersStayWithinTheLength() {
        assertThat(FreshName.numbered("kim", 1)).isEqualTo("kim");
        assertThat(FreshName.numbered("kim", 12)).isEqualTo("kim-12");
        assertThat(Names.check("name", FreshName.numbered("x".repeat(63), 999))).hasSize(63);
    }
}
