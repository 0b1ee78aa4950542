/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A capture file, and tshark's opinion of it: every checksum checked. */
class CaptureFile {

  private static final List<String> STRICT =
      List.of(
          "-o", "ip.check_checksum:TRUE",
          "-o", "udp.check_checksum:TRUE",
          "-o", "tcp.check_checksum:TRUE",
          "-o", "ip.defragment:FALSE",
          "-o", "ipv6.defragment:FALSE");

  /** As a sensor sees it: fragments of the inner packets put together. */
  private static final List<String> REASSEMBLING =
      List.of(
          "-o", "ip.check_checksum:TRUE",
          "-o", "udp.check_checksum:TRUE",
          "-o", "ip.defragment:TRUE",
          "-o", "ipv6.defragment:TRUE");

  /** What tshark calls broken: checksums, lengths, dissections that fail. */
  private static final String COMPLAINTS =
      "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0"
          + " || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.bogus_ip_length"
          + " || udp.length.bad";

  /** Now and then what iperf3 sends, random bytes, looks like the beginning of this. */
  private static final List<String> RANDOM_PAYLOAD = List.of("--disable-protocol", "thrift");

  private final Path file;

  CaptureFile(Path file) {
    this.file = file;
  }

  /** Returns how many packets match a display filter of tshark. */
  long count(String displayFilter) {
    return fields(displayFilter, "frame.number").size();
  }

  /**
   * Returns how many packets match each of some display filters, in their order, by one run of
   * tshark: it takes longer to start and to read the packets than to compare them.
   *
   * @param displayFilters without commas, which separate them on tshark's command line
   */
  List<Long> counts(String... displayFilters) {
    for (String filter : displayFilters) {
      if (filter.contains(",")) {
        throw new IllegalArgumentException("a comma in " + filter);
      }
    }
    List<String> command = command(STRICT);
    command.addAll(List.of("-q", "-z", "io,stat,0," + String.join(",", displayFilters)));
    List<String> rows =
        Commands.lines(command.toArray(String[]::new)).stream()
            .filter(line -> line.contains("<>"))
            .toList();
    if (rows.isEmpty()) { // of a capture that takes no time there is none
      return Arrays.stream(displayFilters).map(this::count).toList();
    }
    // | 0.000 <> 1.341 | frames | bytes | frames | bytes |
    String[] cells = rows.getFirst().split("\\|", -1);
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < displayFilters.length; i++) {
      counts.add(Long.parseLong(cells[2 + 2 * i].strip()));
    }
    return counts;
  }

  /**
   * As {@link #counts}.
   *
   * @throws AssertionError with tshark's words when it complains about a packet
   */
  List<Long> countsWithoutComplaint(String... displayFilters) {
    List<String> filters = new ArrayList<>(List.of(COMPLAINTS));
    filters.addAll(List.of(displayFilters));
    List<Long> counts = counts(filters.toArray(String[]::new));
    if (counts.getFirst() > 0) {
      throw new AssertionError(counts.getFirst() + " complaints: " + complaints());
    }
    return counts.subList(1, counts.size());
  }

  /** Returns packets that tshark complains about, with its words. */
  List<String> complaints() {
    return fields(COMPLAINTS, "frame.number", "_ws.col.Protocol", "_ws.col.Info", "_ws.expert");
  }

  /**
   * Returns packets that tshark complains about once it has put fragments together, with its words.
   */
  List<String> complaintsWhenWhole() {
    return fieldsWhenWhole(
        COMPLAINTS
            + " || ip.fragment.error || ip.fragment.overlap || ip.fragment.multipletails"
            + " || ip.fragment.toolongfragment || ipv6.fragment.error || ipv6.fragment.overlap"
            + " || ipv6.fragment.multipletails || ipv6.fragment.toolongfragment",
        "frame.number",
        "_ws.col.Protocol",
        "_ws.col.Info",
        "_ws.expert");
  }

  /** Returns fields of the packets that match, tab-separated; repeated fields comma-separated. */
  List<String> fields(String displayFilter, String... fields) {
    return ask(STRICT, displayFilter, fields);
  }

  /** As {@link #fields}, of packets that are put together from their fragments. */
  List<String> fieldsWhenWhole(String displayFilter, String... fields) {
    return ask(REASSEMBLING, displayFilter, fields);
  }

  private List<String> ask(List<String> options, String displayFilter, String... fields) {
    List<String> command = command(options);
    command.addAll(List.of("-Y", displayFilter, "-T", "fields"));
    for (String field : fields) {
      command.addAll(List.of("-e", field));
    }
    return Commands.lines(command.toArray(String[]::new));
  }

  private List<String> command(List<String> options) {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(RANDOM_PAYLOAD);
    command.addAll(options);
    return command;
  }
}
