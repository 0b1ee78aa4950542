package io.podtap.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeerNamesTest {

  private static final PeerNames NAMES =
      new PeerNames(
          List.of("sensor.example", "*.pods.example"),
          List.of("spiffe://cluster.local/ns/shop/sa/web"),
          List.of("192.0.2.1"));

  @ParameterizedTest
  @CsvSource({
    "sensor.example, true",
    "SENSOR.example, true",
    "sensor.example., true",
    "a.sensor.example, false",
    "a.pods.example, true",
    "a.b.pods.example, false",
    "pods.example, false",
    "192.0.2.1, true",
    "192.0.2.2, false",
    "spiffe://cluster.local/ns/shop/sa/web, true",
    "spiffe://cluster.local/ns/shop/sa/we, false",
    "spiffe://cluster.local/ns/shop/*, true",
    "spiffe://cluster.local/ns/other/*, false",
  })
  void matches(String expected, boolean isMatch) {
    assertThat(NAMES.match(expected)).isEqualTo(isMatch);
  }

  @ParameterizedTest
  @CsvSource({
    "spiffe://cluster.local/ns/shop/sa/web, shop",
    "spiffe://cluster.local/ns/shop, shop",
    "spiffe://cluster.local/nsx/shop, ''",
    "spiffe://cluster.local, ''",
    "spiffe://cluster.local/ns/, ''",
    "https://cluster.local/ns/shop, ''",
  })
  void namespaceIsThatOfSpiffe(String uri, String namespace) {
    PeerNames names = new PeerNames(List.of(), List.of(uri), List.of());
    assertThat(String.join(" ", names.namespaces())).isEqualTo(namespace);
  }

  @Test
  void saysAllOfThemOrThatThereIsNone() {
    assertThat(NAMES).asString().contains("sensor.example", "shop", "192.0.2.1");
    assertThat(new PeerNames(List.of(), List.of(), List.of())).asString().isEqualTo("no name");
  }
}
