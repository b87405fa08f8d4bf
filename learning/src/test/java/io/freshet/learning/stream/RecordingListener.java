package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import java.util.ArrayList;
import java.util.List;

/** Records the calls of the listener. */
final class RecordingListener implements StreamListener {
    final List<String> events = new ArrayList<>();
    int rejected;

    @Override
    public void using(Learner learner) {
        events.add("using");
    }

    @Override
    public void learning(LearnerState state) {
        events.add("learning");
    }

    @Override
    public void learned(Learner learner, LearnerState state, Sample sample) {
        events.add("learned");
        rejected += learner.rejections().count();
    }

    @Override
    public void windowEnded(Learner learner, LearnerState state) {
        events.add("windowEnded " + state.window().samples());
    }
}
