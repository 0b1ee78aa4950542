package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import java.util.List;

/**
 * What a sensor listens to and where it writes.
 *
 * @param listeners where tunnels come in; may be empty when there is an interface
 * @param interfaceName an interface to analyse without a tunnel; empty for none
 * @param filter of that interface, in tcpdump's language; empty for none
 * @param knownTapsOnly whether frames of senders that have not reported themselves are refused
 * @param receiveBufferBytes asked for each listening socket; the kernel may give less
 * @param checkChecksums whether packets with a wrong checksum are left out
 * @param fileHashes hashes of every file for files.log: md5, sha1, sha256, separated by commas
 * @param logs folder of the logs, {@code -} for standard output
 */
public record SensorSettings(
    List<Listener> listeners,
    String interfaceName,
    String filter,
    boolean knownTapsOnly,
    int receiveBufferBytes,
    boolean checkChecksums,
    String logs,
    LogFormat format,
    Rotation rotation,
    String fileHashes) {

  /** As above, without hashes of files. */
  public SensorSettings(
      List<Listener> listeners,
      String interfaceName,
      String filter,
      boolean knownTapsOnly,
      int receiveBufferBytes,
      boolean checkChecksums,
      String logs,
      LogFormat format,
      Rotation rotation) {
    this(
        listeners,
        interfaceName,
        filter,
        knownTapsOnly,
        receiveBufferBytes,
        checkChecksums,
        logs,
        format,
        rotation,
        /* fileHashes= */ "");
  }

  public SensorSettings {
    listeners = List.copyOf(listeners);
    if (listeners.isEmpty() && interfaceName.isEmpty()) {
      throw new SettingsException("nothing to analyse: give --listen or --interface");
    }
    if (!filter.isEmpty() && interfaceName.isEmpty()) {
      throw new SettingsException("--filter is for --interface; a tap filters what it sends");
    }
    if (logs.isEmpty()) {
      throw new SettingsException("missing option --logs");
    }
    if (receiveBufferBytes < 4_096) {
      throw new SettingsException(
          "receive buffer of " + receiveBufferBytes + " bytes is below 4096");
    }
  }
}
