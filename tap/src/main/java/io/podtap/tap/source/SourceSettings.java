/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.core.pcap.FrameQueue;
import java.nio.file.Path;
import java.util.List;

/** Where frames come from. */
public sealed interface SourceSettings {

  /** Returns a filter in tcpdump's language, empty for none. */
  String filter();

  /** Returns what reports and ledger call the source. */
  String label();

  /**
   * Network interfaces, as they are used.
   *
   * @param interfaces at least one, none twice
   * @param ring the memory of each interface's ring
   * @param direction what is taken of each interface but {@code lo}
   */
  record Live(List<String> interfaces, RingSettings ring, String filter, Direction direction)
      implements SourceSettings {

    /** Both directions. */
    public Live(List<String> interfaces, RingSettings ring, String filter) {
      this(interfaces, ring, filter, Direction.BOTH);
    }

    public Live {
      interfaces = List.copyOf(interfaces);
      if (interfaces.isEmpty() || interfaces.stream().anyMatch(String::isBlank)) {
        throw new SettingsException("an interface's name is empty");
      }
      if (interfaces.stream().distinct().count() != interfaces.size()) {
        throw new SettingsException("duplicate interface in " + interfaces);
      }
    }

    @Override
    public String label() {
      return String.join(",", interfaces);
    }
  }

  /**
   * A capture file.
   *
   * @param file a pcap or pcapng file
   * @param originalSpeed whether frames leave as far apart as they were captured; otherwise as fast
   *     as possible
   */
  record CaptureFile(Path file, boolean originalSpeed, String filter) implements SourceSettings {
    @Override
    public String label() {
      return String.valueOf(file.getFileName());
    }
  }

  /**
   * Frames that another part of the program hands over.
   *
   * @param frames closed with the tap; ended by who hands over
   */
  record Queue(FrameQueue frames, String label) implements SourceSettings {
    @Override
    public String filter() {
      return "";
    }
  }
}
