package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.TwoTaps.Behaviour;
import io.podtap.sensor.TwoTaps.Delivery;
import io.podtap.sensor.TwoTaps.Sent;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.MemorySink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What two taps deliver gives the records of all that either has, whatever each has lost. */
class TwoTapsTest {

  private static final Path KINDS = Path.of("../cli/src/main/image/kinds.pcap");
  private static final int RUNS = 200;

  private static void check(Behaviour behaviour, int runs, long skewKnownNs) throws IOException {
    List<Sent> frames = TwoTaps.read(KINDS);
    for (int seed = 1; seed <= runs; seed++) {
      List<Sent> union = new ArrayList<>();
      List<Delivery> arriving =
          TwoTaps.deliver(frames, behaviour, new SplittableRandom(seed), union);

      MemorySink merged = TwoTaps.analyse(arriving, behaviour.captureTimes(), skewKnownNs);
      MemorySink expected = TwoTaps.analyse(union);

      for (LogSchema<?> schema : expected.schemas()) {
        String log = schema.path();
        List<Map<String, String>> surplus =
            TwoTaps.comparable(merged, log, behaviour.captureTimes());
        List<Map<String, String>> missing =
            TwoTaps.comparable(expected, log, behaviour.captureTimes());
        surplus.removeIf(missing::remove); // each once
        assertThat(surplus)
            .as("records of %s.log with seed %d, instead of %s", log, seed, missing)
            .isEmpty();
        assertThat(missing).as("records that %s.log lacks with seed %d", log, seed).isEmpty();
      }
    }
  }

  @Test
  void eachLosesATenthAndTheTunnelTellsWhenFramesWereCaptured() throws IOException {
    check(new Behaviour(0.1, 0, true, 0), RUNS, 0);
  }

  @Test
  void eachLosesATenthAndFramesHaveTheTimeOfTheirArrival() throws IOException {
    check(new Behaviour(0.1, 0, false, 0), RUNS, 0);
  }
}
