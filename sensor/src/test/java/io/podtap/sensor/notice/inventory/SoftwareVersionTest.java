/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftwareVersionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nginx/1.16.1 | nginx | 1.16.1",
        "Apache/2.4.7 (Ubuntu) | Apache | 2.4.7-Ubuntu",
        "Apache | Apache | 0",
        "curl/7.68.0 | curl | 7.68.0",
        "OpenSSH_7.4p1 | OpenSSH | 7.4-p1",
        "OpenSSH_for_Windows_8.1 | OpenSSH_for_Windows | 8.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 Firefox/91.0 | Firefox | 91.0",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/4.0) | MSIE | 8.0",
        "Mozilla/5.0 | <unknown browser> | 0",
      })
  void readsWhatProgramsSay(String text, String name, String version) {
    SoftwareVersion read = SoftwareVersion.parse(text);
    assertThat(read.name()).isEqualTo(name);
    assertThat(read.version()).isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource({"1.2.3, 1.2.3, 0", "1.2.3, 1.10.0, -1", "2.0, 1.9.9, 1", "1.2, 1.2.1, -1"})
  void versionsAreCompared(String one, String other, int order) {
    assertThat(
            Integer.signum(
                SoftwareVersion.parse("x/" + one)
                    .compareVersion(SoftwareVersion.parse("x/" + other))))
        .isEqualTo(order);
  }
}
