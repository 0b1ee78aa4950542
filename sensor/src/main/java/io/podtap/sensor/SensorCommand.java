package io.podtap.sensor;

import io.podtap.core.config.Program;
import picocli.CommandLine.Command;

/** {@code podtap sensor}. */
@Command(name = "sensor", description = "Receive mirrored packets and write Zeek-compatible logs.")
public final class SensorCommand implements Program {

  @Override
  public Integer call() {
    throw new IllegalStateException("not assembled yet");
  }
}
