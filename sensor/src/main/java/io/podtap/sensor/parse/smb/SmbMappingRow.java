/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * A share that was connected to.
 *
 * @param path in UTF-8, one character a byte
 * @param service A: for a disk, IPC for pipes, LPT1: for a printer; SMB 1 only
 * @param fileSystem NTFS, FAT; SMB 1 only
 * @param shareType DISK, PIPE or PRINT
 */
record SmbMappingRow(
    Flow flow,
    long timeNs,
    @Nullable String path,
    @Nullable String service,
    @Nullable String fileSystem,
    String shareType) {

  static LogSchema<SmbMappingRow> schema() {
    return LogSchema.<SmbMappingRow>named("smb_mapping", "One record for each share connected to.")
        .time("ts", "When it was asked for.", SmbMappingRow::timeNs)
        .flow(SmbMappingRow::flow)
        .wire("path", "The share.", SmbMappingRow::path)
        .wire("service", "Kind of resource, in SMB 1.", SmbMappingRow::service)
        .wire(
            "native_file_system", "The server's file system, in SMB 1.", SmbMappingRow::fileSystem)
        .wire("share_type", "DISK, PIPE or PRINT.", SmbMappingRow::shareType)
        .build();
  }
}
