/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTest {

  private final LineBuffer buffer = new LineBuffer(1);

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 10, 99, 100, -1, -10, Long.MAX_VALUE, Long.MIN_VALUE})
  void writesNumbers(long value) {
    assertThat(buffer.decimal(value)).hasToString(Long.toString(value));
  }

  @Test
  void writesNumbersOfEveryLength() {
    for (long power = 1; power > 0 && power <= 1_000_000_000_000_000_000L; power *= 10) {
      for (long value : new long[] {power - 1, power, power + 1}) {
        buffer.truncate(0);
        assertThat(buffer.decimal(value)).hasToString(Long.toString(value));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.000000, 0.0",
    "1700000000123456789, 1700000000.123456, 1700000000.123456",
    "1500000000, 1.500000, 1.5",
    "999, 0.000000, 0.0",
    "-1500000, -0.001500, -0.0015",
    "10000000000, 10.000000, 10.0"
  })
  void writesSecondsWithSixDecimals(long ns, String fixed, String trimmed) {
    assertThat(buffer.seconds(ns)).hasToString(fixed);
    assertThat(buffer.trimZeros()).hasToString(trimmed);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "fe80:0:0:0:a667:6ff:fef7:ec54, fe80::a667:6ff:fef7:ec54",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
    "ff02:0:0:0:0:0:0:fb, ff02::fb",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::"
  })
  void writesAddressesByRfc5952(String address, String expected) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    long high = bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
    long low =
        bytes.length == 4
            ? 0xFFFF_0000_0000L | (ByteBuffer.wrap(bytes).getInt() & 0xFFFF_FFFFL)
            : ByteBuffer.wrap(bytes).getLong(8);
    assertThat(buffer.address(high, low)).hasToString(expected);
  }

  @Test
  void writesBase62AndBase64() {
    assertThat(buffer.base62(0, 61)).hasToString("z");
    buffer.truncate(0);
    assertThat(buffer.base62(0, 62)).hasToString("01");
    buffer.truncate(0);
    assertThat(buffer.base62(-1, -1).length()).isEqualTo(17);
    for (int length = 0; length < 7; length++) {
      byte[] bytes = new byte[length];
      java.util.Arrays.fill(bytes, (byte) 0xE7);
      buffer.truncate(0);
      assertThat(buffer.base64(bytes, length))
          .hasToString(Base64.getEncoder().encodeToString(bytes));
    }
  }

  @Test
  void growsAndKeepsUtf8() {
    String text = "Grüße aus dem Pod".repeat(100);
    assertThat(buffer.put(text).toString().getBytes(StandardCharsets.UTF_8))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }
}
