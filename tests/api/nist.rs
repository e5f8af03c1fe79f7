//! NIST's Statistical Reference Datasets, sent as text and as JSON.

use crate::nist_data::data_sets;
use crate::post;

#[tokio::test]
async fn all_sets_have_every_certified_digit() {
    for set in data_sets() {
        for (content_type, body) in [("text/plain", set.as_text()), ("application/json", set.as_json())] {
            let answer = post("/prod/stats", content_type, body).await.json();
            let figure = |name: &str| answer[name].as_f64().expect("a figure");
            set.check(figure("mean"), figure("variance"));
        }
    }
}
