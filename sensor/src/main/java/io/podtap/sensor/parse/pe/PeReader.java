/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pe;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.files.AnalyzedFile;
import io.podtap.sensor.parse.files.FileReader;
import io.podtap.sensor.sink.LogStream;
import java.util.concurrent.TimeUnit;

/**
 * Reads the headers of one file, one after another.
 *
 * <pre>
 * | DOS header (64), in it at 60: where the next one stands | program for DOS ...
 * | "PE\0\0" (4) | file header (20) | optional header (as the file header says)
 * | section header (40) | ...
 * </pre>
 *
 * Numbers are little endian.
 */
final class PeReader implements FileReader {

  private static final int DOS_HEADER_BYTES = 64;
  private static final int DOS_NEXT_HEADER_AT = 60;
  private static final int FILE_HEADER_BYTES = 4 + 20;
  private static final int SECTION_HEADER_BYTES = 40;
  private static final int SECTION_NAME_BYTES = 8;

  /** A program for DOS in front of the headers is shorter, as in Zeek. */
  private static final int DOS_PROGRAM_BYTES_MAX = 4 << 20;

  private static final int OPTIONAL_HEADER_BYTES_MAX = 0xFFFF;

  /** Names kept of the 65,535 sections that a header may announce. */
  private static final int SECTIONS_MAX = 256;

  private static final int FORMAT_32 = 0x10B;
  private static final int FORMAT_64 = 0x20B;
  private static final int IS_32_BIT = 0x100;
  private static final int DYNAMIC_BASE = 0x40;
  private static final int FORCE_INTEGRITY = 0x80;
  private static final int NX_COMPATIBLE = 0x100;
  private static final int NO_EXCEPTION_HANDLING = 0x400;

  /** Where fields of the optional header stand; behind the last one formats differ. */
  private static final int OS_MAJOR_AT = 40;

  private static final int OS_MINOR_AT = 42;
  private static final int SUBSYSTEM_AT = 68;
  private static final int CHARACTERISTICS_AT = 70;
  private static final int TABLE_COUNT_32_AT = 92;
  private static final int TABLE_COUNT_64_AT = 108;

  private static final int EXPORTS = 0;
  private static final int IMPORTS = 1;
  private static final int CERTIFICATES = 4;
  private static final int DEBUG_DATA = 6;

  private enum State {
    DOS_HEADER,
    DOS_PROGRAM,
    FILE_HEADER,
    OPTIONAL_HEADER,
    SECTIONS,
    OVER
  }

  private final LogStream<PeRow> log;
  private final PeRow row;
  private final Gather gather;
  private final HeldHeap held;
  private State state = State.DOS_HEADER;
  private int left;
  private int optionalHeaderBytes;
  private int sections;

  PeReader(LogStream<PeRow> log, AnalyzedFile file, HeapAccount account) {
    this.log = log;
    this.row = new PeRow(file.startNs(), file.fuid());
    this.gather = new Gather(OPTIONAL_HEADER_BYTES_MAX, account);
    this.held = new HeldHeap(account);
    held.set(256);
  }

  @Override
  public boolean data(Payload data) {
    while (state != State.OVER && !data.isEmpty()) {
      if (state == State.DOS_PROGRAM) {
        int count = Math.min(left, data.length());
        data.skip(count);
        left -= count;
        state = left == 0 ? State.FILE_HEADER : state;
      } else {
        Payload header = gather.take(data, wanted());
        if (header == null) {
          return true;
        }
        read(header);
      }
    }
    return state != State.OVER;
  }

  private int wanted() {
    return switch (state) {
      case DOS_HEADER -> DOS_HEADER_BYTES;
      case FILE_HEADER -> FILE_HEADER_BYTES;
      case OPTIONAL_HEADER -> optionalHeaderBytes;
      case SECTIONS -> SECTION_HEADER_BYTES;
      case DOS_PROGRAM, OVER -> 0;
    };
  }

  private void read(Payload header) {
    switch (state) {
      case DOS_HEADER -> {
        long next = u32(header, DOS_NEXT_HEADER_AT) - DOS_HEADER_BYTES;
        boolean plausible = next >= 0 && next < DOS_PROGRAM_BYTES_MAX;
        left = plausible ? (int) next : 0;
        state = !plausible ? State.OVER : left == 0 ? State.FILE_HEADER : State.DOS_PROGRAM;
      }
      case FILE_HEADER -> fileHeader(header);
      case OPTIONAL_HEADER -> {
        state = sections > 0 ? State.SECTIONS : State.OVER;
        optionalHeader(header);
      }
      case SECTIONS -> section(header);
      case DOS_PROGRAM, OVER -> {}
    }
  }

  private void fileHeader(Payload header) {
    row.machine = PeNames.machine(u16(header, 4));
    sections = u16(header, 6);
    row.compileNs = TimeUnit.SECONDS.toNanos(u32(header, 8));
    optionalHeaderBytes = u16(header, 20);
    row.isExecutable = optionalHeaderBytes > 0;
    row.is64Bit = (u16(header, 22) & IS_32_BIT) == 0;
    state = row.isExecutable ? State.OPTIONAL_HEADER : State.OVER; // an object's are not shown
  }

  private void optionalHeader(Payload header) {
    int format = u16(header, 0);
    if (format != FORMAT_32 && format != FORMAT_64) {
      return;
    }
    int countAt = format == FORMAT_32 ? TABLE_COUNT_32_AT : TABLE_COUNT_64_AT;
    long tables = u32(header, countAt);
    if (tables < 0 || tables > (header.length() - countAt - 4) / 8) {
      state = State.OVER;
      return;
    }
    row.os = PeNames.os(u16(header, OS_MAJOR_AT), u16(header, OS_MINOR_AT));
    row.subsystem = PeNames.subsystem(u16(header, SUBSYSTEM_AT));
    int characteristics = u16(header, CHARACTERISTICS_AT);
    row.usesRandomLayout = (characteristics & DYNAMIC_BASE) != 0;
    row.usesCodeIntegrity = (characteristics & FORCE_INTEGRITY) != 0;
    row.usesExecutionPrevention = (characteristics & NX_COMPATIBLE) != 0;
    row.usesExceptionHandling = (characteristics & NO_EXCEPTION_HANDLING) == 0;
    Payload sizes = new Payload().wrap(header, countAt + 4, 8 * (int) tables);
    row.hasExports = u32(sizes, 8 * EXPORTS + 4) > 0;
    row.hasImports = u32(sizes, 8 * IMPORTS + 4) > 0;
    row.hasCertificates = u32(sizes, 8 * CERTIFICATES + 4) > 0;
    row.hasDebugData = u32(sizes, 8 * DEBUG_DATA + 4) > 0;
  }

  private void section(Payload header) {
    int end = header.indexOf(0, 0);
    String name = header.text(0, end < 0 ? SECTION_NAME_BYTES : Math.min(end, SECTION_NAME_BYTES));
    row.sections.add(name);
    held.grow(HeapSize.text(name));
    sections--;
    if (sections == 0 || row.sections.size() == SECTIONS_MAX) {
      state = State.OVER;
    }
  }

  private static int u16(Payload data, int at) {
    int bigEndian = data.u16(at);
    return bigEndian < 0 ? -1 : Short.toUnsignedInt(Short.reverseBytes((short) bigEndian));
  }

  private static long u32(Payload data, int at) {
    long bigEndian = data.u32(at);
    return bigEndian < 0 ? -1 : Integer.toUnsignedLong(Integer.reverseBytes((int) bigEndian));
  }

  @Override
  public boolean gap(long length) {
    state = State.OVER;
    return false;
  }

  @Override
  public void end() {
    if (row.machine != null) {
      log.write(row);
    }
    gather.clear();
    held.clear();
  }
}
