/**
 * SMB 1, 2 and 3 over TCP: shares in {@code smb_mapping.log}, what was done to files in {@code
 * smb_files.log}, what was read and written in {@code files.log}; logins go on to GSS-API and NTLM,
 * what goes through pipes to DCE-RPC. What is encrypted or compressed is passed over. Of each
 * message the beginning is held, content passes through. One thread.
 *
 * @see "[MS-SMB2] 2.1, 2.2; [MS-CIFS] 2.2; [MS-SMB] 2.2"
 */
@NullMarked
package io.podtap.sensor.parse.smb;

import org.jspecify.annotations.NullMarked;
