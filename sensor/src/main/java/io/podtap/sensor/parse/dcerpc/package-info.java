/**
 * DCE-RPC in its connection-oriented form, over TCP and inside named pipes of SMB: from the PDUs of
 * both ends to {@code dce_rpc.log}.
 *
 * <p>In: a stream of each end. Out: one record for each answered call, with the names of interface
 * and operation; the trailers of logins go on to GSS-API and NTLM. Bytes stay the caller's; at most
 * a PDU of each end is kept, of a fragmented call only its numbers. C706 chapter 12, [MS-RPCE]
 * 2.2.2. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.dcerpc;

import org.jspecify.annotations.NullMarked;
