/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Session;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a resource record says, in Zeek's words, and what is weird about it. A record of a type that
 * Zeek does not tell of leaves no trace in the record of the question; an empty text shows nothing
 * but that an answer came. One thread.
 *
 * @see "Zeek: src/analyzer/protocol/dns/DNS.cc, scripts/base/protocols/dns/main.zeek"
 */
final class AnswerText {

  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;
  private static final int LOCATION_LENGTH = 16;

  private final DnsMessageReader reader;
  private final SecurityText security;
  private final LineBuffer address = new LineBuffer(64);
  private boolean stopped;

  AnswerText(DnsMessageReader reader) {
    this.reader = reader;
    this.security = new SecurityText(reader);
  }

  /**
   * Returns the text of a record, or null where the record does not count as an answer.
   *
   * @param owner the name that the record is of
   * @param at where its data begins in the message
   * @param length bytes of data, all in the message
   */
  @Nullable String of(Session session, String owner, int type, int at, int length) {
    stopped = false;
    int end = at + length;
    return switch (type) {
      case DnsNames.A -> {
        if (length != IPV4_LENGTH) {
          session.weird("DNS_RR_bad_length", "");
          yield null;
        }
        yield ipv4(at);
      }
      case DnsNames.AAAA -> ipv6(session, "DNS_AAAA_neg_length", at);
      case DnsNames.A6 -> ipv6(session, "DNS_A6_neg_length", at);
      case DnsNames.NS, DnsNames.CNAME, DnsNames.PTR -> name(session, at, 0, end);
      case DnsNames.MX -> name(session, at + 2, 0, end);
      case DnsNames.SOA -> authority(session, at, end);
      case DnsNames.SRV ->
          session.flow().responderPort() == DnsNames.NETBIOS_PORT
              ? null
              : name(session, at + 6, 0, end);
      case DnsNames.TXT -> strings(session, "TXT", at, end);
      case DnsNames.SPF -> strings(session, "SPF", at, end);
      case DnsNames.NAPTR -> naptr(session, at, end);
      case DnsNames.SSHFP -> "SSHFP: " + hex(at + 2, end);
      case DnsNames.LOC -> location(session, at, length);
      case DnsNames.DS -> security.signer(session, at);
      case DnsNames.DNSKEY -> security.key(session, at);
      case DnsNames.RRSIG -> security.signature(session, at, end);
      case DnsNames.NSEC -> security.next(session, owner, at, end);
      case DnsNames.NSEC3 -> security.hashedNext(session, at, end);
      case DnsNames.NSEC3PARAM -> "NSEC3PARAM";
      case DnsNames.BIND_SIGNING -> "BIND9 signing signal";
      case DnsNames.WKS -> "";
      case DnsNames.SVCB, DnsNames.HTTPS -> {
        stopped = !ServiceBinding.check(session, reader, at, end);
        yield null;
      }
      case DnsNames.OPT, DnsNames.TKEY, DnsNames.TSIG, DnsNames.HINFO, DnsNames.CAA, DnsNames.NB ->
          null;
      default -> {
        session.weird("DNS_RR_unknown_type", Integer.toString(type));
        yield "<unknown type=" + type + '>';
      }
    };
  }

  /** Returns whether nothing behind the last record can be read. */
  boolean isStopped() {
    return stopped;
  }

  /**
   * Returns a name that ends the record's data but for {@code behind} bytes; notes where it does
   * not.
   */
  private @Nullable String name(Session session, int at, int behind, int end) {
    reader.seek(at);
    String name = reader.name();
    if (!reader.problem().isEmpty()) {
      return null;
    }
    if (reader.at() + behind != end) {
      session.weird("DNS_RR_length_mismatch", "");
    }
    return name;
  }

  /** The primary server; then the mailbox and five numbers (RFC 1035 section 3.3.13). */
  private @Nullable String authority(Session session, int at, int end) {
    reader.seek(at);
    String primary = reader.name();
    if (!reader.problem().isEmpty() || name(session, reader.at(), 20, end) == null) {
      return null;
    }
    return primary;
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

  private @Nullable String ipv6(Session session, String otherwise, int at) {
    if (at + IPV6_LENGTH > reader.length()) {
      session.weird(otherwise, "");
      stopped = true;
      return null;
    }
    address.truncate(0);
    long high = reader.u32At(at) << 32 | reader.u32At(at + 4);
    long low = reader.u32At(at + 8) << 32 | reader.u32At(at + 12);
    address.address(high, low);
    return address.toString();
  }

  private String strings(Session session, String word, int at, int end) {
    StringBuilder text = new StringBuilder();
    for (int from = at; from < end && text.length() <= DnsTransaction.TEXT_MAX; ) {
      int length = reader.u8At(from);
      if (length > end - from - 1) {
        session.weird("DNS_TXT_char_str_past_rdlen", "");
        stopped = true;
        break;
      }
      text.append(text.isEmpty() ? "" : " ").append(word).append(' ');
      text.append(length).append(' ').append(reader.text(from + 1, length));
      from += 1 + length;
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

  private @Nullable String naptr(Session session, int at, int end) {
    int flagsAt = at + 4;
    int serviceAt = behind(flagsAt);
    int patternAt = behind(serviceAt);
    String replacement = name(session, behind(patternAt), 0, end);
    if (replacement == null) {
      return null;
    }
    String pattern = string(patternAt);
    String gap = pattern.isEmpty() || replacement.isEmpty() ? "" : " ";
    return "NAPTR "
        + reader.u16At(at)
        + ' '
        + reader.u16At(at + 2)
        + ' '
        + string(flagsAt)
        + ' '
        + string(serviceAt)
        + ' '
        + pattern
        + gap
        + replacement;
  }

  /** RFC 1876 section 2. */
  private @Nullable String location(Session session, int at, int length) {
    if (length != LOCATION_LENGTH) {
      session.weird("dns_invalid_loc_length", "");
      return null;
    }
    if (reader.u8At(at) != 0) {
      session.weird("DNS_LOC_version_unrecognized", Integer.toString(reader.u8At(at)));
    }
    return "LOC:  " + reader.u8At(at + 1) + ' ' + reader.u8At(at + 2) + ' ' + reader.u8At(at + 3);
  }

  private String hex(int at, int end) {
    byte[] bytes = reader.text(at, Math.max(end - at, 0)).getBytes(StandardCharsets.ISO_8859_1);
    return HexFormat.of().formatHex(bytes);
  }
}
