/**
 * SMB 2 and 3 over TCP: shares in {@code smb_mapping.log}, what was done to files in {@code
 * smb_files.log}, what was read and written in {@code files.log}. SMB 1 is recognised, not read;
 * what is encrypted or compressed ends the reading of a connection. Of each message the beginning
 * is held, file content passes through. One thread.
 *
 * @see "[MS-SMB2] 2.1, 2.2"
 */
@NullMarked
package io.podtap.sensor.parse.smb;

import org.jspecify.annotations.NullMarked;
