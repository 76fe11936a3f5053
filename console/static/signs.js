// When something last came into each case by no worker of it, as a page and its stream say
// (console/live.py).

// Answers which of the cases that were there before have something newer now: one that has just come
// to the reader has nothing new by that.
export function watchSigns(place) {
  let known = JSON.parse(place.dataset.signs);
  return (signs) => {
    const newer = Object.keys(signs).filter((id) => id in known && signs[id] > known[id]);
    known = signs;
    return newer;
  };
}
