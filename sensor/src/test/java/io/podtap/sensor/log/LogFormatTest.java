/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines byte for byte. */
class LogFormatTest {

  private record Row(long number, @Nullable String text, @Nullable String set) {}

  private static final LogSchema<Row> SCHEMA =
      LogSchema.<Row>named("things", "Things that were seen.")
          .time("ts", "When.", row -> 1_500_000_000_250_000_000L)
          .interval("for", "How long.", Row::number)
          .count("n", "How many.", Row::number)
          .bool("ok", "Whether.", row -> row.number() & 1)
          .string("name", "What.", (row, out) -> bytes(row.text(), out))
          .stringSet("all", "Which.", (row, out) -> bytes(row.set(), out))
          .build();

  /** Each character of the text is one byte. */
  private static boolean bytes(@Nullable String source, LineBuffer out) {
    if (source == null) {
      return false;
    }
    out.put(source.getBytes(StandardCharsets.ISO_8859_1));
    return true;
  }

  private static String json(long number, @Nullable String text, @Nullable String set) {
    LineBuffer target = new LineBuffer(10);
    new JsonFormat().write(SCHEMA, new Row(number, text, set), target);
    return target.toString();
  }

  private static String tsv(long number, @Nullable String text, @Nullable String set) {
    LineBuffer target = new LineBuffer(10);
    new TsvFormat().write(SCHEMA, new Row(number, text, set), target);
    return target.toString();
  }

  @Test
  void asksForRareFieldsOnlyWhereTheyAre() {
    LogSchema<Row> schema =
        LogSchema.<Row>named("rare", "Rare things.")
            .rare(
                row -> row.number() > 1,
                log ->
                    log.count("first", "First.", Row::number)
                        .string("second", "Second.", (row, out) -> bytes(row.text(), out)))
            .rare(row -> row.number() > 2, log -> log.count("third", "Third.", Row::number))
            .string("last", "Last.", (row, out) -> bytes(row.set(), out))
            .build();
    LineBuffer target = new LineBuffer(1);
    JsonFormat format = new JsonFormat();

    format.write(schema, new Row(1, "a\"b", null), target);
    format.write(schema, new Row(1, "a", "\n"), target);
    format.write(schema, new Row(2, "a\"b", "c"), target);
    format.write(schema, new Row(3, null, null), target);

    assertThat(target)
        .hasToString(
            """
            {}
            {"last":"\\n"}
            {"first":2,"second":"a\\"b","last":"c"}
            {"first":3,"third":3}
            """);
  }

  @Test
  void writesJsonLines() {
    assertThat(json(3, "a", "x\0y"))
        .isEqualTo(
            "{\"ts\":1500000000.250000,\"for\":0.0,\"n\":3,\"ok\":true,\"name\":\"a\","
                + "\"all\":[\"x\",\"y\"]}\n");
    assertThat(json(1_500_000_000, null, null))
        .isEqualTo("{\"ts\":1500000000.250000,\"for\":1.5,\"n\":1500000000,\"ok\":false}\n");
    assertThat(json(0, "", "")).endsWith("\"name\":\"\",\"all\":[]}\n");
  }

  @Test
  void leavesUnsetNumbersOut() {
    assertThat(json(LogSchema.UNSET, null, null))
        .isEqualTo("{\"ts\":1500000000.250000,\"ok\":false}\n");
    assertThat(tsv(LogSchema.UNSET, null, null)).startsWith("1500000000.250000\t-\t-\tF\t-\t-");
  }

  @Test
  void escapesJsonAndKeepsUtf8() {
    assertThat(json(0, "a\"b\\c\n\t\u0001", null)).contains("\"a\\\"b\\\\c\\n\\t\\u0001\"");
    String umlaut =
        new String("ü€😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(json(0, umlaut, null)).contains("\"ü€😀\"");
    assertThat(json(0, "\u00ff\u00c3", null)).contains("\"\\\\xff\\\\xc3\"");
    assertThat(json(0, "\u00ed\u00a0\u0080", null)).contains("\\\\xed\\\\xa0\\\\x80");
    assertThat(json(0, "\u00c0\u0080", null)).contains("\\\\xc0\\\\x80");
  }

  /** Eight bytes are looked at together. */
  @ParameterizedTest
  @ValueSource(chars = {'"', '\\', '\n', '\u001f', '\u00ff'})
  void escapesAtEveryPlace(char odd) {
    String escaped =
        switch (odd) {
          case '\n' -> "\\n";
          case '\u001f' -> "\\u001f";
          case '\u00ff' -> "\\\\xff";
          default -> "\\" + odd;
        };
    for (int length = 0; length < 18; length++) {
      for (int place = 0; place <= length; place++) {
        String before = "!".repeat(place);
        String after = "~".repeat(length - place);
        assertThat(json(0, before + odd + after, null))
            .endsWith("\"name\":\"" + before + escaped + after + "\"}\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "'', (empty)",
    "-, \\x2d",
    "(empty), \\x28empty)",
    "a\\b, a\\\\b",
    "--, --",
  })
  void escapesTsv(String text, String expected) {
    assertThat(tsv(0, text, null))
        .isEqualTo("1500000000.250000\t0.000000\t0\tF\t" + expected + "\t-\n");
  }

  @Test
  void escapesWhatWouldBreakALine() {
    assertThat(tsv(0, "a\tb\nc\u00ff", "x,y\0-"))
        .isEqualTo("1500000000.250000\t0.000000\t0\tF\ta\\x09b\\x0ac\\xff\tx\\x2cy,\\x2d\n");
  }

  @Test
  void writesZeeksHeaderLines() {
    LineBuffer target = new LineBuffer(10);
    TsvFormat format = new TsvFormat();
    format.begin(SCHEMA, 1_700_000_000_000_000_000L, target);
    format.end(1_700_000_060_000_000_000L, target);

    assertThat(target)
        .hasToString(
            """
            #separator \\x09
            #set_separator	,
            #empty_field	(empty)
            #unset_field	-
            #path	things
            #open	2023-11-14-22-13-20
            #fields	ts	for	n	ok	name	all
            #types	time	interval	count	bool	string	set[string]
            #close	2023-11-14-22-14-20
            """);
  }

  @Test
  void refusesOtherFormats() {
    assertThatThrownBy(() -> LogFormat.named("xml"))
        .isInstanceOf(SettingsException.class)
        .hasMessage("format 'xml' is neither json nor tsv");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, true",
    "100.64.0.1, true",
    "100.128.0.1, false",
    "172.31.255.255, true",
    "172.32.0.0, false",
    "8.8.8.8, false",
    "224.0.0.251, true",
    "224.0.1.1, false",
    "255.255.255.255, true",
    "::1, true",
    "fe80::1, true",
    "fd00::1, true",
    "2002:a00:1::, true",
    "2002:808:808::, false",
    "2606:4700::1, false",
    "ff02::1, false"
  })
  void knowsPrivateNetworks(String address, boolean expected) {
    byte[] bytes = java.net.InetAddress.ofLiteral(address).getAddress();
    java.nio.ByteBuffer all = java.nio.ByteBuffer.wrap(bytes);
    boolean ipv4 = bytes.length == 4;
    long high = ipv4 ? 0 : all.getLong();
    long low = ipv4 ? 0xFFFF_0000_0000L | (all.getInt() & 0xFFFF_FFFFL) : all.getLong();
    assertThat(PrivateNetworks.contains(high, low)).isEqualTo(expected);
  }
}
