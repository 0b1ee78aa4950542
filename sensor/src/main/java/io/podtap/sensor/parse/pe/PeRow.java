/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pe;

import io.podtap.sensor.log.LogSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the headers of one file say. One thread. */
final class PeRow {

  final long timeNs;
  final String fuid;
  @Nullable String machine;
  long compileNs;
  boolean isExecutable = true;
  boolean is64Bit = true;

  /** Null without an optional header; what follows is not known then either. */
  @Nullable String os;

  @Nullable String subsystem;
  boolean usesRandomLayout;
  boolean usesExecutionPrevention;
  boolean usesCodeIntegrity;
  boolean usesExceptionHandling = true;
  boolean hasImports;
  boolean hasExports;
  boolean hasCertificates;
  boolean hasDebugData;
  final List<String> sections = new ArrayList<>(8);

  PeRow(long timeNs, String fuid) {
    this.timeNs = timeNs;
    this.fuid = fuid;
  }

  private long ofOptionalHeader(boolean value) {
    return os == null ? LogSchema.UNSET : value ? 1 : 0;
  }

  static LogSchema<PeRow> schema() {
    return LogSchema.<PeRow>named("pe", "One record for each executable file of Windows.")
        .time("ts", "When the file's first byte came.", row -> row.timeNs)
        .wire("id", "Unique id of the file, as in files.log.", row -> row.fuid)
        .wire("machine", "Processor that it is for.", row -> row.machine)
        .time("compile_ts", "When it was made, as it says.", row -> row.compileNs)
        .wire("os", "Oldest Windows that it is for.", row -> row.os)
        .wire("subsystem", "Part of Windows that it needs.", row -> row.subsystem)
        .bool("is_exe", "Whether it can run; else an object.", row -> row.isExecutable ? 1 : 0)
        .bool("is_64bit", "Whether it is of 64 bits.", row -> row.is64Bit ? 1 : 0)
        .bool(
            "uses_aslr",
            "Whether it may be loaded at any address.",
            row -> row.usesRandomLayout ? 1 : 0)
        .bool(
            "uses_dep",
            "Whether its data are not executable.",
            row -> row.usesExecutionPrevention ? 1 : 0)
        .bool(
            "uses_code_integrity",
            "Whether its signature is checked.",
            row -> row.usesCodeIntegrity ? 1 : 0)
        .bool(
            "uses_seh",
            "Whether it handles structured exceptions.",
            row -> row.usesExceptionHandling ? 1 : 0)
        .bool(
            "has_import_table",
            "Whether it imports functions.",
            row -> row.ofOptionalHeader(row.hasImports))
        .bool(
            "has_export_table",
            "Whether it exports functions.",
            row -> row.ofOptionalHeader(row.hasExports))
        .bool(
            "has_cert_table",
            "Whether it is signed.",
            row -> row.ofOptionalHeader(row.hasCertificates))
        .bool(
            "has_debug_data",
            "Whether it has data for a debugger.",
            row -> row.ofOptionalHeader(row.hasDebugData))
        .wireList(
            "section_names",
            "Names of its sections, in their order.",
            row -> row.sections.isEmpty() ? null : row.sections)
        .build();
  }
}
