"""Faults of our own processes: killed, frozen, doubled, with a wrong clock."""

from contextlib import nullcontext

from tests.faults.scene import Fault, Scene
from tests.faults.service import RIVALS

# Longer than Kafka waits for a silent member of a group.
_SILENT_FOR = 12.0


def killed(scene: Scene, part: str) -> None:
    """Kill twice, anywhere or at the end of a step; each time another process takes its place at once."""
    for _ in range(2):
        scene.a_while()
        with scene.moment(part):
            scene.cast[part].kill()
        scene.enter(part)
    scene.at_work(part)


def kill_writer(scene: Scene) -> None:
    killed(scene, "serve")


def kill_relay(scene: Scene) -> None:
    killed(scene, "relay")


def kill_projector(scene: Scene) -> None:
    killed(scene, "project")


def kill_anybody(scene: Scene) -> None:
    scene.enter("relay", "second relay")
    scene.enter("project", "second projector")
    scene.at_work()
    parts = {"serve": "serve", "relay": "relay", "second relay": "relay", "project": "project"}
    victims = scene.random.sample(list(parts), k=len(parts))
    for name in victims:
        scene.a_while(5, 30)
        # The second relay may have nothing to do: then it never waits at the end of a step.
        with nullcontext() if "relay" in name else scene.moment(parts[name]):
            scene.cast[name].kill()
        scene.enter(parts[name], name)
    scene.at_work()


def second_relay(scene: Scene) -> None:
    scene.variant(_second_relay_of_a_dead_one, _second_relay_of_a_frozen_one)(scene)


def _second_relay_of_a_dead_one(scene: Scene) -> None:
    first, second = scene.cast["relay"], scene.enter("relay", "second relay")
    scene.stage.until(lambda: scene.stage.asks_for_ownership(second), "a second relay that asks")
    scene.relayed(40)
    scene.expect(scene.stage.epochs() == {1}, f"two owners at a time: {scene.stage.epochs()}")
    first.kill()
    scene.stage.until(lambda: scene.stage.epochs() == {2}, "a second relay that took every partition over")


def _second_relay_of_a_frozen_one(scene: Scene) -> None:
    first, second = scene.cast["relay"], scene.enter("relay", "second relay")
    scene.stage.until(lambda: scene.stage.asks_for_ownership(second), "a second relay that asks")
    scene.a_while()
    first.freeze()
    scene.stage.end_sessions_of(first)
    scene.stage.until(lambda: scene.stage.epochs() == {2}, "a second relay that took every partition over")
    scene.relayed(20)
    first.thaw()


def second_projector(scene: Scene) -> None:
    scene.variant(_frozen_projector, _rival_projector, _projector_of_two)(scene)


def _frozen_projector(scene: Scene) -> None:
    first = scene.cast["project"]
    scene.enter("project", "second projector")
    scene.stage.until(lambda: len(scene.stage.shares()) == 2, "two projectors that share")
    scene.a_while()
    first.freeze()
    scene.lasts(_SILENT_FOR)
    first.thaw()


def _rival_projector(scene: Scene) -> None:
    rival = scene.enter("rival")
    scene.stage.until(lambda: scene.stage.shares(RIVALS), "a rival that reads every partition too")
    scene.answers(60)
    with scene.moment("project"):
        rival.kill()
    scene.cast.pop("rival")


def _projector_of_two(scene: Scene) -> None:
    scene.enter("project", "second projector")
    scene.stage.until(lambda: [len(each) for each in scene.stage.shares()] == [2, 2], "two projectors that share")
    scene.a_while()
    with scene.moment("project"):
        scene.cast.pop("project").kill()


def five_projectors(scene: Scene) -> None:
    names = ["project", *(f"projector {number}" for number in range(2, 6))]
    for name in names[1:]:
        scene.enter("project", name)
    scene.stage.until(lambda: len(scene.stage.shares()) == len(names), "five projectors in one group")
    for _ in range(6):
        scene.a_while(5, 20)
        name = scene.random.choice(names)
        leaves = scene.cast[name].kill if scene.random.random() < 0.5 else scene.cast[name].stop
        leaves()
        scene.enter("project", name)
    scene.at_work()


def clock_skew(scene: Scene) -> None:
    day = 86_400
    for skew in scene.random.sample((-30 * day, -3_600, -2, 5, 3_600, 400 * day), k=2):
        scene.cast["serve"].stop()
        scene.enter("serve", skew=skew)
        scene.cast["project"].stop()
        scene.enter("project", skew=-skew)
        scene.a_while(20, 40)
    scene.cast["serve"].stop()
    scene.enter("serve")
    scene.at_work("serve")


PROCESSES = (
    Fault("kill-writer", "SIGKILL of the process that takes commands, twice; restarted", kill_writer),
    Fault("kill-relay", "SIGKILL of the relay, twice; restarted", kill_relay),
    Fault("kill-projector", "SIGKILL of the projector, twice; restarted", kill_projector),
    Fault("kill-anybody", "writer, two relays and a projector of two killed in any order; restarted", kill_anybody),
    Fault(
        "second-relay", "a second relay; the first is killed, or frozen, robbed of its locks and thawed", second_relay
    ),
    Fault(
        "second-projector",
        "one of two projectors is frozen past the group's patience and thawed, or killed; or one is of no group",
        second_projector,
    ),
    Fault(
        "five-projectors",
        "five projectors of one group; six times one is killed or stopped and comes again",
        five_projectors,
    ),
    Fault(
        "clock-skew",
        "writer and projector with clocks wrong by seconds to a year; then right again",
        clock_skew,
        wrong_clocks=True,
    ),
)
