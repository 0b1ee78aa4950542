/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code dns.log}. */
final class DnsLog {

  private DnsLog() {}

  static LogSchema<DnsTransaction> schema() {
    return LogSchema.<DnsTransaction>named(
            "dns", "One record for each question, with the answer to it when one came.")
        .time("ts", "Time of the question, or of an answer without one.", row -> row.startNs)
        .flow(row -> row.flow)
        .enumeration(
            "proto",
            "tcp or udp.",
            (row, out) -> {
              out.put(row.flow.protocol() == IpProtocol.TCP ? "tcp" : "udp");
              return true;
            })
        .count("trans_id", "The message's id.", row -> row.id)
        .interval("rtt", "From the question to its answer.", row -> set(row.roundTripNs))
        .string("query", "The name in question, in lower case.", (row, out) -> name(row, out))
        .count("qclass", "Class of the question.", row -> set(row.queryClass))
        .string(
            "qclass_name",
            "The same in words.",
            (row, out) -> row.queryClass >= 0 && put(DnsNames.recordClass(row.queryClass), out))
        .count("qtype", "Type of the question.", row -> set(row.queryType))
        .string("qtype_name", "The same in words.", DnsLog::type)
        .count("rcode", "The answer's code.", row -> set(row.rcode))
        .string(
            "rcode_name",
            "The same in words.",
            (row, out) -> row.rcode >= 0 && put(DnsNames.rcode(row.rcode), out))
        .bool("AA", "Whether the server has authority.", row -> row.authoritative ? 1 : 0)
        .bool("TC", "Whether the message was cut short.", row -> row.truncated ? 1 : 0)
        .bool("RD", "Whether recursion was asked for.", row -> row.recursionDesired ? 1 : 0)
        .bool("RA", "Whether the server recurses.", row -> row.recursionAvailable ? 1 : 0)
        .count("Z", "The three bits in the middle of the flags.", row -> row.reserved)
        .stringList("answers", "What the answers say.", DnsLog::answers)
        .intervalList("TTLs", "How long each answer may be kept.", DnsLog::timesToLive)
        .bool("rejected", "Whether the server refused the question.", row -> row.rejected ? 1 : 0)
        .count("opcode", "Kind of message.", row -> row.opcode)
        .string(
            "opcode_name",
            "The same in words.",
            (row, out) ->
                put(
                    row.isNetbios()
                        ? DnsNames.netbiosOpcode(row.opcode)
                        : DnsNames.opcode(row.opcode),
                    out))
        .build();
  }

  private static long set(long value) {
    return value < 0 ? LogSchema.UNSET : value;
  }

  private static boolean put(String text, LineBuffer out) {
    out.put(text);
    return true;
  }

  private static boolean name(DnsTransaction row, LineBuffer out) {
    @Nullable String query = row.query;
    if (query != null) {
      out.latin1(query);
    }
    return query != null;
  }

  /** NetBIOS gives the number of SRV another meaning. */
  private static boolean type(DnsTransaction row, LineBuffer out) {
    if (row.queryType < 0) {
      return false;
    }
    return put(
        row.netbios && row.queryType == DnsNames.SRV ? "NBSTAT" : DnsNames.type(row.queryType),
        out);
  }

  private static boolean answers(DnsTransaction row, LineBuffer out) {
    for (int i = 0; i < row.answers.size(); i++) {
      if (i > 0) {
        out.put(TextSource.SEPARATOR);
      }
      out.latin1(TextSource.element(row.answers.get(i)));
    }
    return !row.answers.isEmpty();
  }

  private static boolean timesToLive(DnsTransaction row, LineBuffer out) {
    for (int i = 0; i < row.timesToLiveNs.size(); i++) {
      if (i > 0) {
        out.put(TextSource.SEPARATOR);
      }
      out.seconds(row.timesToLiveNs.get(i));
    }
    return !row.answers.isEmpty();
  }
}
