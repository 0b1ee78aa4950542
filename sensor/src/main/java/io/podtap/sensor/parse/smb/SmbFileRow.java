/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * Something done to a file.
 *
 * @param path the share
 * @param size bytes when it was opened
 * @param previousName before it was renamed
 * @param modifiedNs nanoseconds since 1970, as the other times
 */
record SmbFileRow(
    Flow flow,
    long timeNs,
    @Nullable String fuid,
    String action,
    @Nullable String path,
    @Nullable String name,
    long size,
    @Nullable String previousName,
    long modifiedNs,
    long accessedNs,
    long createdNs,
    long changedNs) {

  static LogSchema<SmbFileRow> schema() {
    return LogSchema.<SmbFileRow>named("smb_files", "One record for each action on a file.")
        .time("ts", "When the file was asked for.", SmbFileRow::timeNs)
        .flow(SmbFileRow::flow)
        .wire("fuid", "Its content in files.log.", SmbFileRow::fuid)
        .wire("action", "What was done.", SmbFileRow::action)
        .wire("path", "The share.", SmbFileRow::path)
        .wire("name", "The file.", SmbFileRow::name)
        .count("size", "Its bytes when it was opened.", SmbFileRow::size)
        .wire("prev_name", "Its name before.", SmbFileRow::previousName)
        .time("times.modified", "Content last written.", SmbFileRow::modifiedNs)
        .time("times.accessed", "Last read.", SmbFileRow::accessedNs)
        .time("times.created", "Made.", SmbFileRow::createdNs)
        .time("times.changed", "Last changed in any way.", SmbFileRow::changedNs)
        .build();
  }
}
