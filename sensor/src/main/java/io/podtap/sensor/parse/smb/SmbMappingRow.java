package io.podtap.sensor.parse.smb;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * A share that was connected to.
 *
 * @param path in UTF-8, one character a byte
 * @param shareType DISK, PIPE or PRINT
 */
record SmbMappingRow(Flow flow, long timeNs, String path, @Nullable String shareType) {

  boolean isPipe() {
    return "PIPE".equals(shareType);
  }

  static LogSchema<SmbMappingRow> schema() {
    return LogSchema.<SmbMappingRow>named("smb_mapping", "One record for each share connected to.")
        .time("ts", "When it was asked for.", SmbMappingRow::timeNs)
        .flow(SmbMappingRow::flow)
        .wire("path", "The share.", SmbMappingRow::path)
        .wire("service", "Kind of resource, in SMB 1.", row -> null)
        .wire("native_file_system", "The server's file system, in SMB 1.", row -> null)
        .wire("share_type", "DISK, PIPE or PRINT.", SmbMappingRow::shareType)
        .build();
  }
}
