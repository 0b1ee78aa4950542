/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

/**
 * Hears what a stream's writer says of itself in comments. The text is the sender's and not
 * trusted; one comment is at most 65,535 bytes.
 *
 * @see "draft-ietf-opsawg-pcapng section 3.5 (opt_comment)"
 */
public interface PcapngComments {

  /** Takes one comment of a section header block. */
  void onSection(String comment);

  /** Takes one comment of an interface statistics block. */
  void onStatistics(String comment);
}
