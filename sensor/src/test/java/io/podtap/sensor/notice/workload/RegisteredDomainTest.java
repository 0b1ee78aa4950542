/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisteredDomainTest {

  @ParameterizedTest
  @CsvSource({
    "a.b.example.com, example.com",
    "example.com, example.com",
    "example.com., example.com",
    "a.example.co.uk, example.co.uk",
    "example.co.uk, example.co.uk",
    "co.uk, co.uk",
    "a.b.c.example.de, example.de",
    "localhost, localhost",
    ".com, .com",
  })
  void isWhatSomebodyRegistered(String name, String domain) {
    assertThat(RegisteredDomain.of(name)).isEqualTo(domain);
  }

  @ParameterizedTest
  @CsvSource({
    "web.shop.svc.cluster.local, true",
    "web.shop.svc, true",
    "example.com.shop.svc.cluster.local, true",
    "ip-10-0-0-1.ec2.internal, true",
    "web, true",
    "5.0.0.10.in-addr.arpa, true",
    "example.com, false",
  })
  void knowsNamesOfTheCluster(String name, boolean isOfCluster) {
    assertThat(RegisteredDomain.isOfCluster(name)).isEqualTo(isOfCluster);
  }
}
