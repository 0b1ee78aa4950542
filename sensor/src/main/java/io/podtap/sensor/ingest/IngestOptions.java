/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.DefaultPorts;
import io.podtap.sensor.taps.AddressRange;
import io.podtap.sensor.taps.KnownTaps;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of what taps send to. */
public final class IngestOptions {

  private static final String TLS_PREFIX = "tls:";
  private static final String TLS_PORT = ":" + DefaultPorts.STREAM;

  @Option(
      names = "--listen",
      paramLabel = "[vxlan:|geneve:|tls:]ADDRESS[:PORT][,...]",
      description =
          "Address for taps; port 6081 means Geneve, 6343 TLS (default: 0.0.0.0:4789, unless"
              + " another input is given).")
  private String listen = "";

  @Option(
      names = "--known-taps-only",
      description =
          "Reject frames of unknown senders: all but --known-tap, or without that option those that"
              + " have not reported themselves, which anyone who reaches the port can do.")
  private boolean knownTapsOnly;

  @Option(
      names = "--known-tap",
      paramLabel = "ADDRESS[/PREFIX][,...]",
      description = "Addresses of taps; every other sender is unknown, whatever it reports.")
  private String knownTap = "";

  @Option(
      names = "--receive-buffer-bytes",
      defaultValue = "33554432",
      paramLabel = "BYTES",
      description = "Size of the socket buffer (default: ${DEFAULT-VALUE}).")
  private int receiveBufferBytes;

  @Mixin private StreamOptions streams = new StreamOptions();

  /**
   * Returns the settings that the options ask for.
   *
   * @param hasOtherWay whether the program has a way in that is not among these options; without
   *     one it listens at VXLAN's port unless told otherwise
   */
  public IngestSettings settings(boolean hasOtherWay) {
    boolean isDefault = listen.isEmpty() && !hasOtherWay && !streams.isGiven();
    List<Listener> listeners = new ArrayList<>();
    List<String> forStreams = new ArrayList<>();
    for (String one : (isDefault ? "0.0.0.0" : listen).split(",", -1)) {
      String text = one.strip();
      if (text.startsWith(TLS_PREFIX)) {
        forStreams.add(text.substring(TLS_PREFIX.length()));
      } else if (text.endsWith(TLS_PORT)) {
        forStreams.add(text);
      } else if (!listen.isEmpty() || isDefault) {
        listeners.add(Listener.parse(text));
      }
    }
    return new IngestSettings(
        listeners, streams.listener(forStreams), knownTaps(), receiveBufferBytes);
  }

  private KnownTaps knownTaps() {
    List<String> listed = knownTap.isEmpty() ? List.of() : List.of(knownTap.split(",", -1));
    return new KnownTaps(
        knownTapsOnly, listed.stream().map(String::strip).map(AddressRange::parse).toList());
  }
}
