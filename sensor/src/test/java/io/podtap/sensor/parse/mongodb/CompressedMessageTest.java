/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Requests inside of OP_COMPRESSED, and who asks. */
class CompressedMessageTest {

  private static final HexFormat HEX = HexFormat.of();

  private static String i32(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }

  private static String text(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.US_ASCII)) + "00";
  }

  private static String string(String name, String value) {
    return "02" + text(name) + i32(value.length() + 1) + text(value);
  }

  private static String document(String elements) {
    return i32(5 + elements.length() / 2) + elements + "00";
  }

  private static String message(int id, int answered, int kind, String body) {
    return i32(16 + body.length() / 2) + i32(id) + i32(answered) + i32(kind) + body;
  }

  private static String command(String name) {
    return i32(0) + "00" + document(string(name, "carts"));
  }

  private static String compressed(int id, int compressor, String inner, String packed) {
    String body = i32(2_013) + i32(inner.length() / 2) + "%02x".formatted(compressor) + packed;
    return message(id, 0, 2_012, body);
  }

  private static String deflated(String inner) {
    byte[] bytes = HEX.parseHex(inner);
    byte[] out = new byte[1_000];
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(bytes);
      deflater.finish();
      return HEX.formatHex(Arrays.copyOf(out, deflater.deflate(out)));
    }
  }

  /** One literal, which is what a block without repetitions is. */
  private static String literal(String inner) {
    int length = inner.length() / 2;
    return "%02x".formatted(length) + "%02x".formatted((length - 1) << 2) + inner;
  }

  @Test
  void namesWhatIsAskedFor() {
    String find = command("find");
    String insert = command("insert");
    String count = command("count");
    String ping = command("ping");
    String client =
        document(
            "03"
                + text("application")
                + document(string("name", "cart-svc"))
                + "03"
                + text("driver")
                + document(string("name", "mongo-go")));
    String hello =
        i32(0) + "00" + document("10" + text("hello") + i32(1) + "03" + text("client") + client);
    Map<String, String> row =
        new Talk(27_018)
            .clientHex(message(1, 0, 2_013, hello))
            .serverHex(message(9, 1, 2_013, command("ok")))
            .clientHex(compressed(2, 0, find, find))
            .clientHex(compressed(3, 1, insert, literal(insert)))
            .clientHex(compressed(4, 2, count, deflated(count)))
            .clientHex(compressed(5, 3, ping, "28b52ffd00"))
            .isTheSameHoweverCut("requests")
            .rows("requests")
            .getFirst();

    assertThat(row)
        .containsEntry("client", "cart-svc")
        .containsEntry("kinds", "hello,find,insert,count,compressed")
        .containsEntry("complete", "T")
        .containsEntry("missed_bytes", "0");
  }

  @Test
  void copiesWithinABlock() {
    byte[] target = new byte[64];
    // "abcd", a copy of 4 from 4 back, one of 8 with an offset of two bytes, over itself
    Payload block = new Payload(HEX.parseHex("10" + "0c61626364" + "0104" + "1e0800"));
    int length = Snappy.decompress(block, target);
    assertThat(new String(target, 0, length, StandardCharsets.US_ASCII))
        .isEqualTo("abcdabcdabcdabcd");
  }

  @Test
  void stopsWhereABlockMakesNoSense() {
    byte[] target = new byte[16];
    for (String block : new String[] {"", "ff", "0501", "10fe", "10f0ff41", "100c61626364ff"}) {
      assertThat(Snappy.decompress(new Payload(HEX.parseHex(block)), target)).isBetween(0, 16);
    }
  }
}
