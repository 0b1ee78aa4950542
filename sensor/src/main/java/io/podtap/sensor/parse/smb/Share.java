/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** A share that is connected to, as far as it is known. One thread. */
final class Share {

  /** Heap of one with its texts. */
  static final long BYTES = 512;

  private final long timeNs;
  @Nullable String path;
  @Nullable String service;
  @Nullable String fileSystem;

  /** DISK, PIPE or PRINT. */
  String shareType = "DISK";

  Share(long timeNs) {
    this.timeNs = timeNs;
  }

  SmbMappingRow row(Flow flow) {
    return new SmbMappingRow(flow, timeNs, path, service, fileSystem, shareType);
  }

  /** Returns what opening, reading or closing something here is called. */
  String action(String what) {
    return switch (shareType) {
      case "PIPE" -> "SMB::PIPE_" + what;
      case "PRINT" -> "SMB::PRINT_" + what;
      default -> "SMB::FILE_" + what;
    };
  }
}
