/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
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
    "spiffe://cluster.local?x=/ns/shop/sa/web, ''",
    "spiffe://cluster.local/ns/shop?x=1, ''",
    "spiffe://cluster.local#/ns/shop, ''",
    "spiffe://cluster.local/ns/shop#, ''",
    "spiffe://user@cluster.local/ns/shop, ''",
    "spiffe://cluster.local:1/ns/shop, ''",
    "spiffe://cluster.local/%6es/shop, ''",
    "spiffe://cluster.local/ns/sh%6fp, ''",
    "spiffe://cluster.local/ns/shop/../evil, ''",
    "spiffe://cluster.local/./ns/shop, ''",
    "spiffe://cluster.local//ns/shop, ''",
    "spiffe://cluster.local/ns/shop/, ''",
    "spiffe://Cluster.local/ns/shop, ''",
    "SPIFFE://cluster.local/ns/shop, ''",
    "spiffe:///ns/shop, ''",
    "spiffe://cluster.local/ns/sh\u00f6p, ''",
    "spiffe://cluster.local/NS/shop, ''",
    "spiffe://cluster.local/ns/Shop, Shop",
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

  @Test
  void namespacesMayBeOfOneTrustDomain() {
    PeerNames names =
        new PeerNames(List.of(), List.of("spiffe://a/ns/one", "spiffe://b/ns/two"), List.of());
    assertThat(names.namespaces("")).containsExactly("one", "two");
    assertThat(names.namespaces("b")).containsExactly("two");
    assertThat(names.namespaces("c")).isEmpty();
  }

  /** RFC 9525 section 6.2: an address is compared with addresses. */
  @Test
  void anAddressAsDnsNameDoesNotCount() {
    PeerNames names =
        new PeerNames(
            List.of("192.0.2.7", "*.0.2.8", "2001:db8::1"), List.of(), List.of("192.0.2.9"));
    assertThat(names.match("192.0.2.7")).isFalse();
    assertThat(names.match("192.0.2.8")).isFalse();
    assertThat(names.match("2001:db8::1")).isFalse();
    assertThat(names.match("192.0.2.9")).isTrue();
  }

  @Test
  void whatBeginsLikeASpiffeIdAndIsNoneMatchesNoPattern() {
    PeerNames names =
        new PeerNames(
            List.of(), List.of("spiffe://c/ns/shop/../evil", "spiffe://c/ns/shop?"), List.of());
    assertThat(names.match("spiffe://c/ns/*")).isFalse();
  }

  @Test
  void shownNamesArePrintableAndBounded() {
    PeerNames odd =
        new PeerNames(List.of("a\nFORGED\u001b[2J\0b"), List.of("x".repeat(14_000)), List.of());
    assertThat(odd.toString()).doesNotContain("\n", "\u001b", "\0").hasSizeLessThan(300);
    PeerNames many = new PeerNames(java.util.Collections.nCopies(600, "a.b"), List.of(), List.of());
    assertThat(many.toString()).contains("592 more").hasSizeLessThan(300);
  }
}
