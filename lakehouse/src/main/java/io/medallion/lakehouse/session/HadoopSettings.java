package io.medallion.lakehouse.session;

import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.mapreduce.util.ConfigUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of Hadoop's that go with every task. */
final class HadoopSettings {
  private static final Logger LOG = LoggerFactory.getLogger(HadoopSettings.class);

  private HadoopSettings() {}

  /** Sets what our files need, and makes the settings light to send. */
  static void prepare(Configuration hadoop) {
    // A dictionary of values that hardly repeat is built, found useless and written again. Set
    // here,
    // because spark.hadoop.* would put them into every session's own settings as well.
    for (String column : TableDefinition.DISTINCT) {
      hadoop.setIfUnset("parquet.enable.dictionary#" + column, "false");
    }
    // Histograms of lengths and of nesting, which no reader of ours asks for; each value is
    // counted.
    hadoop.setIfUnset("parquet.size.statistics.enabled", "false");
    forgetSources(hadoop);
  }

  /**
   * Hadoop notes of each of its hundreds of settings which file said so, and compresses each note
   * by itself whenever the settings are sent: 9 % of all CPU of a live chain. Nobody reads the
   * notes.
   */
  private static void forgetSources(Configuration hadoop) {
    // The first job and the first look for a file system would each name more files of defaults,
    // and have all of them read again.
    ConfigUtil.loadResources();
    try {
      FileSystem.getFileSystemClass("file", hadoop);
      // The files are read with the first question.
      int settings = hadoop.size();
      Field sources = Configuration.class.getDeclaredField("updatingResource");
      sources.setAccessible(true);
      ((Map<?, ?>) sources.get(hadoop)).clear();
      LOG.debug("{} Hadoop settings are sent without their sources", settings);
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      LOG.info("Hadoop's settings are sent with their sources", e);
    }
  }
}
