/**
 * NTLM: from the messages of a login to {@code ntlm.log}.
 *
 * <p>In: one message at a time, raw or out of GSS-API. Out: one record for each flow: who logs in,
 * where from, at which server, with what outcome. Nothing is decrypted; bytes stay the caller's.
 * [MS-NLMP] 2.2. The analysis thread.
 */
@NullMarked
package io.podtap.sensor.parse.ntlm;

import org.jspecify.annotations.NullMarked;
