package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.taps.KnownTaps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sensor listens to and where it writes.
 *
 * @param listeners where tunnels come in; may be empty when there is an interface
 * @param streams where streams over TLS come in; null for nowhere
 * @param interfaceName an interface to analyse without a tunnel; empty for none
 * @param filter of that interface, in tcpdump's language; empty for none
 * @param knownTaps which senders are believed to be taps, and whether others are refused
 * @param receiveBufferBytes asked for each listening socket; the kernel may give less
 * @param logs folder of the logs, {@code -} for standard output; empty for none
 * @param broker where records go beside or instead; null for nowhere
 */
public record SensorSettings(
    List<Listener> listeners,
    @Nullable StreamListener streams,
    String interfaceName,
    String filter,
    KnownTaps knownTaps,
    int receiveBufferBytes,
    AnalysisSettings analysis,
    String logs,
    LogFormat format,
    Rotation rotation,
    @Nullable BrokerSettings broker) {

  public SensorSettings {
    listeners = List.copyOf(listeners);
    if (listeners.isEmpty() && streams == null && interfaceName.isEmpty()) {
      throw new SettingsException("nothing to analyse: give --listen, --listen-tls or --interface");
    }
    if (!filter.isEmpty() && interfaceName.isEmpty()) {
      throw new SettingsException("--filter is for --interface; a tap filters what it sends");
    }
    if (logs.isEmpty() && broker == null) {
      throw new SettingsException("no place for the logs: give --logs or --kafka");
    }
    if (receiveBufferBytes < 4_096) {
      throw new SettingsException(
          "receive buffer of " + receiveBufferBytes + " bytes is below 4096");
    }
  }
}
