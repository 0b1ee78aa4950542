/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as RFC 1035 section 4 lays them out. */
class DnsParserTest {

  private static final int QUERY = 0x0100;
  private static final int ANSWER = 0x8180;

  /** A message in the making. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message(int id, int flags, int questions, int answers) {
      u16(id).u16(flags).u16(questions).u16(answers).u16(0).u16(0);
    }

    Message u16(int value) {
      bytes.write(value >>> 8);
      bytes.write(value);
      return this;
    }

    Message name(String name) {
      for (String label : name.split("\\.", -1)) {
        bytes.write(label.length());
        bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
      }
      bytes.write(0);
      return this;
    }

    Message hex(String digits) {
      bytes.writeBytes(HexFormat.of().parseHex(digits.replace(" ", "")));
      return this;
    }

    Message question(String name, int type) {
      return name(name).u16(type).u16(1);
    }

    /** An answer about the name in question. */
    Message answer(int type, int timeToLive, String data) {
      u16(0xC00C).u16(type).u16(1).u16(0).u16(timeToLive);
      u16(data.replace(" ", "").length() / 2);
      return hex(data);
    }

    String text() {
      return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    String behindLength() {
      return new String(new char[] {(char) (bytes.size() >>> 8), (char) (bytes.size() & 0xFF)})
          + text();
    }
  }

  private static Message question(int id, String name, int type) {
    return new Message(id, QUERY, 1, 0).question(name, type);
  }

  private static Map<String, String> answered(int type, String data) {
    List<Map<String, String>> rows =
        StreamScript.udp(53)
            .client(question(7, "Www.Example.org", type).text())
            .server(
                new Message(7, ANSWER, 1, 1)
                    .question("www.example.org", type)
                    .answer(type, 300, data)
                    .text())
            .rows("dns");
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  @Test
  void aQuestionAndItsAnswerAreOneRecord() {
    assertThat(answered(DnsNames.A, "0a 00 00 01"))
        .containsEntry("query", "www.example.org")
        .containsEntry("qtype_name", "A")
        .containsEntry("qclass_name", "C_INTERNET")
        .containsEntry("rcode_name", "NOERROR")
        .containsEntry("trans_id", "7")
        .containsEntry("RD", "T")
        .containsEntry("RA", "T")
        .containsEntry("answers", "10.0.0.1")
        .containsEntry("TTLs", "300.000000");
  }

  @Test
  void answersAreSaidInZeeksWords() {
    assertThat(answered(DnsNames.AAAA, "20010db8000000000000000000000001"))
        .containsEntry("answers", "2001:db8::1");
    assertThat(answered(DnsNames.CNAME, "03 776562 c010"))
        .containsEntry("answers", "web.example.org");
    assertThat(answered(DnsNames.MX, "000a 04 6d61696c c010"))
        .containsEntry("answers", "mail.example.org");
    assertThat(answered(DnsNames.SRV, "0001 0002 1f90 c00c"))
        .containsEntry("answers", "www.example.org");
    assertThat(answered(DnsNames.TXT, "02 6869 01 21"))
        .containsEntry("answers", "TXT 2 hi TXT 1 !");
    assertThat(answered(DnsNames.DS, "0001 08 02 00")).containsEntry("answers", "DS 8 2");
    assertThat(answered(DnsNames.NSEC, "00 00"))
        .containsEntry("answers", "NSEC www.example.org <Root>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"08 6833", "01 6833", "03 6833"})
  void namesOfProtocolsFillTheirParameter(String second) {
    String data = "0001 00 0001 0006 02 6832 " + second;
    List<Map<String, String>> weirds =
        StreamScript.udp(53)
            .client(question(7, "a.org", DnsNames.HTTPS).text())
            .server(
                new Message(7, ANSWER, 1, 2)
                    .question("a.org", DnsNames.HTTPS)
                    .answer(DnsNames.HTTPS, 300, "0001 00 0001 0006 02 6832 02 6833")
                    .answer(DnsNames.HTTPS, 300, data)
                    .text())
            .rows("weird");

    assertThat(weirds)
        .singleElement()
        .satisfies(
            weird -> assertThat(weird).containsEntry("name", "DNS_SVCB_alpn_length_invalid"));
  }

  @Test
  void whatIsNeverAnsweredIsWrittenAtTheEnd() {
    List<Map<String, String>> rows =
        StreamScript.udp(53)
            .client(question(1, "a.org", DnsNames.A).text())
            .client(question(2, "b.org", DnsNames.A).text())
            .server(new Message(2, 0x8183, 1, 0).question("b.org", DnsNames.A).text())
            .rows("dns");

    assertThat(rows).extracting(row -> row.get("query")).containsExactly("b.org", "a.org");
    assertThat(rows.getFirst()).containsEntry("rcode_name", "NXDOMAIN").containsEntry("RA", "F");
    assertThat(rows.getLast()).containsEntry("rcode", "-").containsEntry("answers", "-");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_460})
  void messagesOverTcpComeTogetherHoweverTheyAreCut(int pieceBytes) {
    List<Map<String, String>> rows =
        StreamScript.tcp(53, pieceBytes)
            .client(
                question(1, "a.org", DnsNames.A).behindLength()
                    + question(2, "b.org", DnsNames.A).behindLength())
            .server(
                new Message(1, ANSWER, 1, 1)
                    .question("a.org", DnsNames.A)
                    .answer(DnsNames.A, 1, "01020304")
                    .behindLength())
            .rows("dns");

    assertThat(rows).extracting(row -> row.get("query")).containsExactly("a.org", "b.org");
    assertThat(rows.getFirst()).containsEntry("answers", "1.2.3.4").containsEntry("proto", "tcp");
  }

  @Test
  void namesThatRunInCirclesEnd() {
    String toItself = new Message(3, QUERY, 1, 0).hex("c00c 0001 0001").text();
    String forward = new Message(3, QUERY, 1, 0).hex("c0ff 0001 0001").text();

    for (String message : List.of(toItself, forward)) {
      StreamScript script = StreamScript.udp(53).client(message);
      assertThat(script.rows("weird"))
          .extracting(row -> row.get("name"))
          .containsExactly("DNS_label_forward_compress_offset");
    }
  }

  @Test
  void netbiosNamesAreReadable() {
    String encoded = "FHEPFCELEHFCEPFFFACACACACACACAAA"; // WORKGROUP
    List<Map<String, String>> rows =
        StreamScript.udp(137).client(question(9, encoded, DnsNames.NB).text()).rows("dns");

    assertThat(rows.getFirst())
        .containsEntry("query", "WORKGROUP")
        .containsEntry("qtype_name", "NIMLOC");
  }

  @Test
  void anAnswerWithoutARecordIsARejection() {
    for (int code : new int[] {0, 2, 3, 5}) {
      Map<String, String> row =
          StreamScript.udp(53)
              .client(new Message(7, QUERY, 1, 0).question("a.b", 1).text())
              .server(new Message(7, ANSWER | code, 1, 0).question("a.b", 1).text())
              .rows("dns")
              .getFirst();
      assertThat(row).containsEntry("rejected", "T").containsEntry("rcode", String.valueOf(code));
    }
  }

  @Test
  void anAnswerBeforeItsQuestionIsOneRecord() {
    List<Map<String, String>> rows =
        StreamScript.udp(53)
            .client(new Message(1, QUERY, 1, 0).question("x.y", 1).text())
            .server(new Message(7, ANSWER, 1, 1).question("a.b", 1).answer(1, 9, "0a000001").text())
            .client(new Message(7, QUERY, 1, 0).question("a.b", 1).text())
            .rows("dns");

    assertThat(rows)
        .extracting(
            row -> row.get("query") + " " + row.get("qtype_name") + " " + row.get("answers"))
        .containsExactly("a.b A 10.0.0.1", "x.y A -");
  }

  @Test
  void aZeroByteInATextMakesNoSecondElement() {
    Map<String, String> row =
        StreamScript.udp(53)
            .client(new Message(7, QUERY, 1, 0).question("a.b", 16).text())
            .server(
                new Message(7, ANSWER, 1, 1)
                    .question("a.b", 16)
                    .answer(16, 9, "0d" + "763d3100" + "31302e302e302e312e")
                    .text())
            .rows("dns")
            .getFirst();

    assertThat(row.get("answers")).contains("\\x00").doesNotContain(",");
    assertThat(row.get("TTLs")).isEqualTo("9.000000");
  }
}
