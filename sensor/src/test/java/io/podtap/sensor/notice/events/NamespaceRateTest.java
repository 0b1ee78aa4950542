/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many events a namespace may get, by turned time, and what their reasons are called. */
class NamespaceRateTest {

  private static final long SECOND_NS = 1_000_000_000L;

  private static long allowed(NamespaceRate rate, String namespace, long fromSeconds, int count) {
    return LongStream.range(0, count)
        .filter(i -> rate.allows(namespace, (fromSeconds + i) * SECOND_NS))
        .count();
  }

  @Test
  void tenAtOnceAndThenTenAMinute() {
    NamespaceRate rate = new NamespaceRate();
    for (int i = 0; i < 10; i++) {
      assertThat(rate.allows("shop", 0)).isTrue();
    }
    assertThat(rate.allows("shop", 0)).isFalse();
    assertThat(rate.allows("data", 0)).isTrue();
    assertThat(allowed(rate, "shop", 1, 600)).isEqualTo(100);
    assertThat(allowed(rate, "shop", 10_000, 9)).isEqualTo(9);
  }

  @Test
  void timeThatGoesBackGivesNothing() {
    NamespaceRate rate = new NamespaceRate();
    assertThat(allowed(rate, "shop", 1_000, 5)).isEqualTo(5);
    for (int i = 0; i < 100; i++) {
      rate.allows("shop", 0);
    }
    assertThat(rate.allows("shop", 0)).isFalse();
  }

  @Test
  void manyNamespacesMakeRoom() {
    NamespaceRate rate = new NamespaceRate();
    for (int i = 0; i < 5_000; i++) {
      assertThat(rate.allows("namespace-" + i, 0)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Scan::Port_Scan, PortScan",
    "SSL::Certificate_Expired, CertificateExpired",
    "LongConnection::found, Found",
    "Cluster::JNDI_Lookup, JNDILookup",
    "CVE_2021_44228::LOG4J_LDAP_JAVA, LOG4JLDAPJAVA",
  })
  void reasonsAreOneWord(String note, String reason) {
    assertThat(EventBody.reason(note)).isEqualTo(reason);
  }
}
