/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5952, with its examples. */
final class AddressTextTest {

  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "1:0:0:0:0:0:0:0, 1::",
    "fd80:0:0:0:0:0:0:4, fd80::4",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "fe80:0:0:0:a667:6ff:fef7:ec54, fe80::a667:6ff:fef7:ec54",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    "10.80.0.2, 10.80.0.2",
    "255.255.255.255, 255.255.255.255"
  })
  void addressesAreShort(String address, String text) {
    InetAddress parsed = InetAddress.ofLiteral(address);
    assertThat(AddressText.of(parsed)).isEqualTo(text);
    ByteBuffer bytes = ByteBuffer.allocate(16);
    if (parsed.getAddress().length == 4) {
      bytes.putLong(0).putInt(0xFFFF);
    }
    bytes.put(parsed.getAddress()).flip();
    assertThat(AddressText.of(bytes.getLong(), bytes.getLong())).isEqualTo(text);
  }
}
