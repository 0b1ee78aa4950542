/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PayloadTest {

  /**
   * Eight bytes are looked at together; neighbours that differ by one bit or a borrow must not
   * count.
   */
  @Test
  void findsAByteAtEveryPlaceOfEveryLength() {
    for (int length = 0; length <= 25; length++) {
      for (int place = 0; place < length; place++) {
        byte[] bytes = new byte[length + 2];
        Arrays.fill(bytes, (byte) 0x0B);
        bytes[0] = '\n'; // outside of the view
        bytes[length + 1] = '\n';
        bytes[place + 1] = '\n';
        Payload payload = new Payload(bytes, 1, length);
        assertThat(payload.indexOf('\n', 0)).isEqualTo(place);
        assertThat(payload.indexOf('\n', place)).isEqualTo(place);
        assertThat(payload.indexOf('\n', place + 1)).isEqualTo(-1);
      }
    }
  }

  @Test
  void findsBytesWithTheHighestBit() {
    Payload payload = new Payload(new byte[] {0x7F, (byte) 0x80, 0, (byte) 0xFF, 1, 2, 3, 4, 5});
    assertThat(payload.indexOf(0xFF, 0)).isEqualTo(3);
    assertThat(payload.indexOf(0x80, 0)).isEqualTo(1);
    assertThat(payload.indexOf(0, 0)).isEqualTo(2);
    assertThat(payload.indexOf(0x81, 0)).isEqualTo(-1);
  }

  @Test
  void behindTheEndThereIsNothing() {
    Payload payload = new Payload(new byte[] {9, 1, 2, 3, 4, 9}, 1, 4);
    assertThat(payload.u8(3)).isEqualTo(4);
    assertThat(payload.u8(4)).isEqualTo(-1);
    assertThat(payload.u8(-1)).isEqualTo(-1);
    assertThat(payload.u16(2)).isEqualTo(0x0304);
    assertThat(payload.u16(3)).isEqualTo(-1);
    assertThat(payload.u24(1)).isEqualTo(0x02_0304);
    assertThat(payload.u24(2)).isEqualTo(-1);
    assertThat(payload.u32(0)).isEqualTo(0x0102_0304L);
    assertThat(payload.u32(1)).isEqualTo(-1);
    assertThat(payload.text(2, 10)).isEqualTo("\3\4");
    assertThat(new Payload().wrap(payload, 3, 10).length()).isEqualTo(1);
    assertThat(new Payload().u8(0)).isEqualTo(-1);
  }

  @Test
  void findsTextAtTheEndAndBehindItsOwnBeginning() {
    Payload payload = new Payload("--a--- end".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(payload.indexOf("--- ", 0)).isEqualTo(3);
    assertThat(payload.indexOf("--- ", 4)).isEqualTo(-1);
    assertThat(payload.indexOf("end", 0)).isEqualTo(7);
    assertThat(payload.contains("end", 10)).isTrue();
    assertThat(payload.contains("end", 100)).isTrue();
    assertThat(payload.contains("end", 9)).as("ends behind the limit").isFalse();
    assertThat(payload.contains("ending", 100)).isFalse();
  }

  @Test
  void comparesTextInEitherCase() {
    Payload payload = new Payload("xCONTENT-length\u00ff".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(payload.hasIgnoringCase(1, "Content-Length")).isTrue();
    assertThat(payload.hasIgnoringCase(2, "Content-Length")).isFalse();
    assertThat(payload.has(1, "CONTENT-length\u00ff")).isTrue();
    assertThat(payload.hasIgnoringCase(9, "LENGTH\u00ff.")).isFalse();
  }
}
