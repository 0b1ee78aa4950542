/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.SchemaRecord;
import io.podtap.sensor.log.TextSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that went through JSON reads as the row that it was made of. */
class JsonRecordTest {

  private static final int ROWS = 2_000;

  private record Row(long timeNs, long spanNs, long count, long truth, String text, String list) {}

  private static final LogSchema<Row> SCHEMA =
      LogSchema.<Row>named("test", "For the test.")
          .time("ts", "When.", Row::timeNs)
          .interval("duration", "How long.", Row::spanNs)
          .count("n", "How many.", Row::count)
          .bool("is_so", "Whether.", Row::truth)
          .string("text", "Words.", (row, out) -> write(row.text, out))
          .stringSet("list", "Several.", (row, out) -> write(row.list, out))
          .build();

  private static boolean write(String text, LineBuffer out) {
    out.latin1(text);
    return !text.isEmpty();
  }

  @Test
  void readsWhatASensorWrites() {
    Random random = new Random(1);
    SchemaRecord<Row> expected = new SchemaRecord<>(SCHEMA);
    JsonFormat format = new JsonFormat();
    LineBuffer buffer = new LineBuffer(64);
    for (int i = 0; i < ROWS; i++) {
      Row row =
          new Row(
              1_700_000_000_000_000_000L + random.nextInt() * 1_000L,
              random.nextBoolean() ? LogSchema.UNSET : random.nextInt(1 << 30) * 1_000L,
              random.nextBoolean() ? LogSchema.UNSET : random.nextLong(1L << 40),
              random.nextInt(2),
              text(random),
              "a" + text(random) + (char) TextSource.SEPARATOR + 'b' + text(random));
      buffer.truncate(0);
      format.write(SCHEMA, row, buffer);
      byte[] json = Arrays.copyOf(buffer.bytes(), buffer.length());
      isSame(JsonRecord.parse("test", json, 0, 7), expected.wrap(row, 7));
    }
  }

  private static void isSame(LogRecord read, LogRecord written) {
    assertThat(read.log()).isEqualTo(written.log());
    assertThat(read.nowNs()).isEqualTo(written.nowNs());
    for (String number : List.of("ts", "duration", "n", "is_so", "none")) {
      assertThat(read.number(number)).as(number).isEqualTo(written.number(number));
    }
    assertThat(read.text("text")).isEqualTo(written.text("text"));
    assertThat(read.text("none")).isNull();
    assertThat(read.texts("list")).isEqualTo(written.texts("list"));
    assertThat(read.texts("none")).isEmpty();
  }

  /** Letters, what JSON escapes, and characters of two and three bytes, one character a byte. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          switch (random.nextInt(6)) {
            case 0 -> "\"";
            case 1 -> "\\";
            case 2 -> "" + (char) (1 + random.nextInt(31));
            case 3 -> "ü€";
            default -> "" + (char) ('a' + random.nextInt(26));
          });
    }
    return new String(
        text.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":{}}",
        "{\"a\":[[1]]}",
        "{\"a\":[1}",
        "{\"a\":\"x}",
        "{\"a\":\"\\x41\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\uzzzz\"}",
        "{\"a\":1}{}",
        "{\"a\":11111111111111111111111111111111111111111}"
      })
  void refusesWhatIsNoRecord(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> JsonRecord.parse("test", bytes, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyBytesAreARecordOrRefused() {
    Random random = new Random(2);
    byte[] whole = "{\"a\":\"b\\n\",\"c\":[1,\"d\"],\"e\":-1.5}".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        JsonRecord record = JsonRecord.parse("test", bytes, 0, 0);
        long number = record.number("e");
        assertThat(record.texts("c")).as("beside %d", number).hasSizeLessThan(bytes.length);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("expected at byte");
      }
    }
  }
}
