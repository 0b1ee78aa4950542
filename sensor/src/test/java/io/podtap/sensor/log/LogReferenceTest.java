/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.Analysis;
import io.podtap.sensor.flow.CommunityId;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.identity.IdentityLog;
import io.podtap.sensor.notice.NoticeSettings;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.catalog.Detections;
import io.podtap.sensor.notice.content.ContentRow;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The reference pages in {@code docs/logs} are made from the declarations; run with {@code
 * -DupdateReferences=true} to write them anew.
 */
class LogReferenceTest {

  private static final Path FOLDER = Path.of("..", "docs", "logs");

  @Test
  void connPageSaysWhatTheDeclarationSays() throws IOException {
    LogSchema<Flow> connections = ConnLog.schema(new CommunityId(0), List.of(), index -> "");
    check(connections);
    check(ConnLog.ofLong(connections));
  }

  @Test
  void tapPageSaysWhatTheDeclarationSays() throws IOException {
    check(TapLog.schema());
  }

  @Test
  void identityPageSaysWhatTheDeclarationSays() throws IOException {
    check(IdentityLog.schema());
  }

  @Test
  void pagesOfTheAnalysisSayWhatItsLogsDeclare() throws IOException {
    MemorySink sink = new MemorySink();
    new Analysis(new Tracker.Settings(1, true, 1), sink, /* tapName= */ null).close();
    for (LogSchema<?> schema : sink.schemas()) {
      if (!schema.path().equals("conn")) { // its page has the columns of taps, too
        check(schema);
      }
    }
  }

  @Test
  void pagesOfDetectionsSayWhatTheirLogsDeclare() throws IOException {
    MemorySink sink = new MemorySink();
    NoticeStage stage =
        new NoticeStage(
            Detections.all(),
            new NoticeSettings(Set.of(), Map.of(), /* exceptions= */ null, /* folder= */ null),
            sink,
            (_, _) -> "",
            List.of());
    stage.close();
    check(ContentRow.schema());
    for (LogSchema<?> schema : sink.schemas()) {
      check(schema);
    }
  }

  private static void check(LogSchema<?> schema) throws IOException {
    Path page = FOLDER.resolve(schema.path() + ".md");
    if (Boolean.getBoolean("updateReferences")) {
      Files.createDirectories(FOLDER);
      Files.writeString(page, schema.reference());
    }
    assertThat(Files.readString(page)).isEqualTo(schema.reference());
  }
}
