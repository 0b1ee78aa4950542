/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.PrivateNetworks;
import io.podtap.sensor.log.TextSource;

/** The declaration of {@code files.log}: one record for each file that a flow carried. */
final class FilesLog {

  private FilesLog() {}

  static LogSchema<FileRow> schema() {
    return LogSchema.<FileRow>named("files", "One record for each file that a flow carried.")
        .time("ts", "When its first byte came.", row -> row.startNs)
        .string("fuid", "Unique id of the file.", (row, out) -> text(row.fuid, out))
        .flow(row -> row.flow)
        .string("source", "The protocol that carried it.", (row, out) -> text(row.source, out))
        .count("depth", "How many came before it, or how deep it lay.", row -> row.depth)
        .stringSet("analyzers", "Who looked at it.", FilesLog::analyzers)
        .string("mime_type", "What it is, by its first bytes.", (row, out) -> text(row.mime, out))
        .string(
            "filename", "Its name, as the protocol says.", (row, out) -> text(row.filename, out))
        .interval("duration", "From its first byte to its last.", row -> row.lastNs - row.startNs)
        .bool(
            "local_orig",
            "Whether a private address sent it.",
            row -> PrivateNetworks.contains(row.senderHigh(), row.senderLow()) ? 1 : 0)
        .bool("is_orig", "Whether the originator sent it.", row -> row.fromOriginator ? 1 : 0)
        .count("seen_bytes", "Bytes that came.", row -> row.seenBytes)
        .count("total_bytes", "Bytes that it has, as the protocol says.", row -> row.totalBytes)
        .count("missing_bytes", "Bytes that were not seen.", row -> row.missingBytes)
        .count("overflow_bytes", "Bytes that did not count.", row -> row.overflowBytes)
        .bool("timedout", "Whether its end was not seen.", row -> row.timedOut ? 1 : 0)
        .rare(
            row -> !row.parentFuid.isEmpty() || !row.analyzers.isEmpty(),
            log ->
                log.string(
                        "parent_fuid",
                        "The file that it was in.",
                        (row, out) -> text(row.parentFuid, out))
                    .string("md5", "Its MD5.", (row, out) -> digest(row, FileHashes.MD5, out))
                    .string("sha1", "Its SHA-1.", (row, out) -> digest(row, FileHashes.SHA1, out))
                    .string(
                        "sha256", "Its SHA-256.", (row, out) -> digest(row, FileHashes.SHA256, out))
                    .wire("extracted", "Name under which it was kept.", row -> row.extracted)
                    .bool(
                        "extracted_cutoff",
                        "Whether something of it was left out.",
                        row -> row.extracted == null ? LogSchema.UNSET : row.extractionCut ? 1 : 0)
                    .count(
                        "extracted_size",
                        "Bytes that were kept, when something was left out.",
                        row -> row.extractionCut ? row.extractedBytes : LogSchema.UNSET))
        .build();
  }

  private static boolean text(String text, LineBuffer out) {
    out.latin1(text);
    return !text.isEmpty();
  }

  private static boolean analyzers(FileRow row, LineBuffer out) {
    boolean first = true;
    for (String analyzer : row.analyzers) {
      if (!first) {
        out.put(TextSource.SEPARATOR);
      }
      first = false;
      out.put(analyzer);
    }
    return true;
  }

  private static boolean digest(FileRow row, int which, LineBuffer out) {
    byte[] digest = row.digest(which);
    for (byte value : digest) {
      out.hex(value);
    }
    return digest.length > 0;
  }
}
