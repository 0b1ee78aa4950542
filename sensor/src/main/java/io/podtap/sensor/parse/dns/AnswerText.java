package io.podtap.sensor.parse.dns;

import io.podtap.sensor.log.LineBuffer;
import java.util.HexFormat;

/** What a resource record says, in Zeek's words. One thread. */
final class AnswerText {

  /** Stands for a record that Zeek does not show. */
  static final String NONE = "";

  /** Characters of one answer at most. */
  private static final int LENGTH_MAX = 2_048;

  private final DnsMessageReader reader;
  private final LineBuffer address = new LineBuffer(64);

  AnswerText(DnsMessageReader reader) {
    this.reader = reader;
  }

  /**
   * Returns the text of a record.
   *
   * @param at where its data begins in the message
   * @param length bytes of data, all in the message
   */
  String of(int type, int at, int length) {
    String text = text(type, at, length);
    return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX);
  }

  private String text(int type, int at, int length) {
    int end = at + length;
    return switch (type) {
      case DnsNames.A -> length == 4 ? ipv4(at) : NONE;
      case DnsNames.AAAA -> length == 16 ? ipv6(at) : NONE;
      case DnsNames.NS, DnsNames.CNAME, DnsNames.PTR, DnsNames.DNAME, DnsNames.SOA -> name(at);
      case DnsNames.MX -> name(at + 2);
      case DnsNames.SRV -> name(at + 6);
      case DnsNames.NB -> length == 6 ? ipv4(at + 2) : NONE;
      case DnsNames.TXT -> strings("TXT", at, end);
      case DnsNames.SPF -> strings("SPF", at, end);
      case DnsNames.HINFO -> "HINFO " + string(at) + ' ' + string(behind(at));
      case DnsNames.CAA -> caa(at, end);
      case DnsNames.NAPTR -> naptr(at);
      case DnsNames.SSHFP -> "SSHFP: " + hex(at + 2, end);
      case DnsNames.LOC -> loc(at);
      case DnsNames.DS -> "DS " + reader.u8At(at + 2) + ' ' + reader.u8At(at + 3);
      case DnsNames.DNSKEY -> "DNSKEY " + reader.u8At(at + 3);
      case DnsNames.RRSIG -> "RRSIG " + reader.u16At(at) + ' ' + rooted(name(at + 18));
      case DnsNames.NSEC -> NONE; // its owner is needed, see ofNsec
      case DnsNames.NSEC3 -> "NSEC3";
      case DnsNames.NSEC3PARAM -> "NSEC3PARAM";
      case DnsNames.BIND_SIGNING -> "BIND9 signing signal";
      case DnsNames.WKS, DnsNames.OPT, DnsNames.TSIG, DnsNames.SVCB, DnsNames.HTTPS -> NONE;
      default -> "<unknown type=" + type + '>';
    };
  }

  String ofNsec(String owner, int at) {
    return "NSEC " + rooted(owner) + ' ' + rooted(name(at));
  }

  private static String rooted(String name) {
    return name.isEmpty() ? "<Root>" : name;
  }

  private String name(int at) {
    reader.seek(at);
    return reader.name();
  }

  private String ipv4(int at) {
    return reader.u8At(at)
        + "."
        + reader.u8At(at + 1)
        + '.'
        + reader.u8At(at + 2)
        + '.'
        + reader.u8At(at + 3);
  }

  private String ipv6(int at) {
    address.truncate(0);
    long high = reader.u32At(at) << 32 | reader.u32At(at + 4);
    long low = reader.u32At(at + 8) << 32 | reader.u32At(at + 12);
    address.address(high, low);
    return address.toString();
  }

  private String strings(String word, int at, int end) {
    StringBuilder text = new StringBuilder();
    for (int from = at; from < end && text.length() < LENGTH_MAX; from = behind(from)) {
      String one = string(from);
      text.append(text.isEmpty() ? "" : " ").append(word).append(' ');
      text.append(one.length()).append(' ').append(one);
    }
    return text.toString();
  }

  /** Returns the character-string at {@code at}: its length, and that many bytes. */
  private String string(int at) {
    return reader.text(at + 1, Math.max(reader.u8At(at), 0));
  }

  private int behind(int at) {
    return at + 1 + Math.max(reader.u8At(at), 0);
  }

  private String caa(int at, int end) {
    int value = behind(at + 1);
    return "CAA "
        + reader.u8At(at)
        + ' '
        + string(at + 1)
        + ' '
        + reader.text(value, Math.max(end - value, 0));
  }

  private String naptr(int at) {
    StringBuilder text = new StringBuilder("NAPTR ");
    text.append(reader.u16At(at)).append(' ').append(reader.u16At(at + 2));
    int from = at + 4;
    for (int i = 0; i < 3; i++) {
      String part = string(from);
      text.append(part.isEmpty() ? "" : " ").append(part);
      from = behind(from);
    }
    String replacement = name(from);
    return text.append(replacement.isEmpty() ? "" : " ").append(replacement).toString();
  }

  private String loc(int at) {
    return "LOC: " + reader.u8At(at + 1) + ' ' + reader.u8At(at + 2) + ' ' + reader.u8At(at + 3);
  }

  private String hex(int at, int end) {
    byte[] bytes =
        reader
            .text(at, Math.max(end - at, 0))
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return HexFormat.of().formatHex(bytes);
  }
}
