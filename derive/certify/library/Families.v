(* Log-sum-exp, softmax, sigmoid and their cross entropies with gradients; the families' log-likelihoods, scores and
   global maxima, for any number of classes and of observations. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Lossproof Require Import Sums Powers Signs Derivatives Maxima.
Open Scope R_scope.

(* -------------------------------------------------------------------------- log-sum-exp, softmax *)
Definition lse K (z : nat -> R) : R := ln (sum K (fun k => exp (z k))).
Definition softmax K (z : nat -> R) (k : nat) : R := exp (z k) / sum K (fun l => exp (z l)).
Definition cross_entropy K (t y : nat -> R) : R := - sum K (fun k => t k * ln (y k)).

Lemma quotients_total K f s : s <> 0 -> sum K f = s -> sum K (fun k => f k / s) = 1.
Proof.
  intros H E. rewrite (sum_ext _ _ (fun k => / s * f k)) by (intros; field; auto).
  rewrite sum_scal, E; field; auto.
Qed.
Lemma softmax_total K z : (1 <= K)%nat -> sum K (softmax K z) = 1.
Proof. intros HK; apply quotients_total; [side|reflexivity]. Qed.
Lemma softmax_pos K z k : (1 <= K)%nat -> 0 < softmax K z k.
Proof. intros HK; unfold softmax; positive. Qed.
Lemma ln_softmax K z k : (1 <= K)%nat -> ln (softmax K z k) = z k - lse K z.
Proof. intros HK; unfold softmax, lse. rewrite ln_div, ln_exp by positive; reflexivity. Qed.
(* The stable form: what is subtracted (the maximum) changes nothing. *)
Lemma lse_shift K z m : (1 <= K)%nat -> lse K z = m + lse K (fun k => z k - m).
Proof.
  intros HK; unfold lse. rewrite <- (ln_exp m) at 1. rewrite <- ln_mult by positive. f_equal.
  rewrite <- sum_scal; apply sum_ext; intros; rewrite <- exp_plus; f_equal; ring.
Qed.
Lemma cross_entropy_logits K t z : (1 <= K)%nat ->
  cross_entropy K t (softmax K z) = sum K t * lse K z - sum K (fun k => t k * z k).
Proof.
  intros HK; unfold cross_entropy. rewrite (sum_ext _ _ (fun k => t k * z k - lse K z * t k)).
  - rewrite sum_minus, sum_scal; ring.
  - intros; rewrite ln_softmax by auto; ring.
Qed.
Lemma derive_lse K z j : (1 <= j <= K)%nat -> is_derive (fun v => lse K (upd z j v)) (z j) (softmax K z j).
Proof.
  intros Hj; unfold lse, softmax.
  assert (D : is_derive (fun v => sum K (fun k => exp (upd z j v k))) (z j) (exp (z j))).
  { rewrite <- (sum_delta K j (fun k => exp (z k)) Hj). apply derive_sum; intros k Hk.
    eapply derive_value; [differentiate|rewrite upd_id; ring]. }
  eapply derive_value; [apply derive_ln; [|exact D]|]; cbv beta; rewrite upd_same; [positive|reflexivity].
Qed.
(* d/dz_j = (sum t) softmax_j - t_j, which is softmax_j - t_j where the labels add up to 1. *)
Theorem derive_cross_entropy K t z j : (1 <= j <= K)%nat ->
  is_derive (fun v => cross_entropy K t (softmax K (upd z j v))) (z j) (sum K t * softmax K z j - t j).
Proof.
  intros Hj. assert (HK : (1 <= K)%nat) by lia.
  apply is_derive_ext with (fun v => sum K t * lse K (upd z j v) - sum K (fun k => t k * upd z j v k)).
  { intros v; symmetry; apply cross_entropy_logits; auto. }
  assert (D := derive_lse K z j Hj).
  assert (S : is_derive (fun v => sum K (fun k => t k * upd z j v k)) (z j) (t j)).
  { rewrite <- (sum_delta K j t Hj). apply derive_sum; intros k Hk.
    eapply derive_value; [differentiate|ring]. }
  eapply derive_value; [differentiate|cbv beta; ring].
Qed.
Corollary derive_cross_entropy_labels K t z j : (1 <= j <= K)%nat -> sum K t = 1 ->
  is_derive (fun v => cross_entropy K t (softmax K (upd z j v))) (z j) (softmax K z j - t j).
Proof. intros Hj H1. generalize (derive_cross_entropy K t z j Hj); rewrite H1, Rmult_1_l; auto. Qed.

(* ---------------------------------------------------------------- Bernoulli: sigmoid cross entropy *)
Definition sigmoid (z : R) : R := / (1 + exp (- z)).
Definition binary_cross_entropy (t p : R) : R := - (t * ln p + (1 - t) * ln (1 - p)).
Lemma sigmoid_range z : 0 < sigmoid z < 1.
Proof.
  assert (E := exp_pos (- z)). unfold sigmoid; split; [positive|].
  apply (Rmult_lt_reg_l (1 + exp (- z))); [lra|]. rewrite Rinv_r; lra.
Qed.
Lemma binary_cross_entropy_logits t z : binary_cross_entropy t (sigmoid z) = ln (1 + exp (- z)) + (1 - t) * z.
Proof.
  assert (E := exp_pos (- z)). unfold binary_cross_entropy, sigmoid.
  replace (1 - / (1 + exp (- z))) with (exp (- z) / (1 + exp (- z))) by (field; lra).
  rewrite ln_div, ln_exp, ln_inverse by lra. ring.
Qed.
Theorem derive_binary_cross_entropy t z : is_derive (fun v => binary_cross_entropy t (sigmoid v)) z (sigmoid z - t).
Proof.
  apply is_derive_ext with (fun v => ln (1 + exp (- v)) + (1 - t) * v).
  { intros; symmetry; apply binary_cross_entropy_logits. }
  assert (E := exp_pos (- z)). eapply derive_value; [differentiate|]. unfold sigmoid; field; lra.
Qed.

(* ------------------------------------------------- log-likelihood, score, maximum, family by family *)
Lemma bernoulli_log_likelihood N x p : 0 < p < 1 -> (forall i, (1 <= i <= N)%nat -> binary (x i)) ->
  ln (prod N (fun i => rpow p (x i) * rpow (1 - p) (1 - x i))) = sum N x * ln p + (INR N - sum N x) * ln (1 - p).
Proof.
  intros [H0 H1] Hx. assert (0 < 1 - p) by lra. rewrite ln_prod by (intros; positive).
  rewrite (sum_ext _ _ (fun i => ln p * x i + (ln (1 - p) - ln (1 - p) * x i))).
  - rewrite sum_plus, sum_minus, !sum_scal, sum_const; ring.
  - intros i Hi. rewrite ln_mult, !ln_pow by positive. ring.
Qed.
Lemma bernoulli_score a b p : 0 < p < 1 -> is_derive (fun v => a * ln v + b * ln (1 - v)) p (a / p - b / (1 - p)).
Proof. intros [H0 H1]. eapply derive_value; [differentiate|field; lra]. Qed.
Theorem bernoulli_maximum N x p : (1 <= N)%nat -> (forall i, (1 <= i <= N)%nat -> binary (x i)) -> 0 < p < 1 ->
  sum N x * ln p + (INR N - sum N x) * ln (1 - p)
  <= sum N x * ln (sum N x / INR N) + (INR N - sum N x) * ln (1 - sum N x / INR N).
Proof.
  intros HN Hx [H0 H1]. assert (0 < INR N) by positive. assert (0 <= sum N x) by not_negative.
  assert (0 <= INR N - sum N x) by not_negative.
  assert (B := two_logs_maximum (sum N x) (INR N - sum N x) p 0). replace (sum N x + (INR N - sum N x)) with (INR N) in B by ring.
  generalize (B ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). lra.
Qed.
(* Geometric: the same shape, with N successes among sum x trials. *)
Theorem geometric_maximum N s p : 0 < INR N <= s -> 0 < p < 1 ->
  INR N * ln p + (s - INR N) * ln (1 - p) <= INR N * ln (INR N / s) + (s - INR N) * ln (1 - INR N / s).
Proof.
  intros [H0 Hs] [Hp H1]. assert (B := two_logs_maximum (INR N) (s - INR N) p 0).
  replace (INR N + (s - INR N)) with s in B by ring.
  generalize (B ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)). lra.
Qed.
(* Poisson and exponential: a ln l - b l, with score a/l - b. *)
Lemma rate_score a b l : 0 < l -> is_derive (fun v => a * ln v - b * v) l (a / l - b).
Proof. intros H. eapply derive_value; [differentiate|field; lra]. Qed.
Theorem poisson_maximum N x l : (1 <= N)%nat -> 0 < sum N x -> 0 < l ->
  sum N x * ln l - INR N * l <= sum N x * ln (sum N x / INR N) - INR N * (sum N x / INR N).
Proof.
  intros HN Hx Hl. assert (0 < INR N) by positive.
  generalize (log_linear_maximum (sum N x) (INR N) l 0 Hx ltac:(assumption) Hl). lra.
Qed.
Theorem exponential_maximum N x l : (1 <= N)%nat -> 0 < sum N x -> 0 < l ->
  INR N * ln l - sum N x * l <= INR N * ln (INR N / sum N x) - sum N x * (INR N / sum N x).
Proof.
  intros HN Hx Hl. assert (0 < INR N) by positive.
  generalize (log_linear_maximum (INR N) (sum N x) l 0 ltac:(assumption) Hx Hl). lra.
Qed.
(* Gaussian: the mean makes the sum of squares smallest; the scale follows. *)
Lemma squares_about N x m b : INR N * b = sum N x ->
  sum N (fun i => (x i - m) ^ 2) = sum N (fun i => (x i - b) ^ 2) + INR N * (b - m) ^ 2.
Proof.
  intros E. rewrite (sum_ext _ _ (fun i => (x i - b) ^ 2 + (2 * (b - m) * x i + (m ^ 2 - b ^ 2)))) by (intros; ring).
  rewrite !sum_plus, sum_scal, sum_const, <- E. ring.
Qed.
Theorem gaussian_mean N x m : (1 <= N)%nat ->
  sum N (fun i => (x i - sum N x / INR N) ^ 2) <= sum N (fun i => (x i - m) ^ 2).
Proof.
  intros HN. assert (0 < INR N) by positive. set (b := sum N x / INR N).
  rewrite (squares_about N x m b) by (unfold b; field; lra).
  assert (0 <= INR N * (b - m) ^ 2) by not_negative. lra.
Qed.
Theorem gaussian_scale N q s : (1 <= N)%nat -> 0 < q -> 0 < s ->
  - INR N * ln s - q / (2 * s ^ 2) <= - INR N * ln (sqrt (q / INR N)) - q / (2 * sqrt (q / INR N) ^ 2).
Proof.
  intros HN Hq Hs. assert (H : 0 < INR N) by positive. assert (Q : 0 < q / 2) by lra.
  assert (B := scale_maximum (INR N) (q / 2) s 0 H Q Hs). replace (2 * (q / 2) / INR N) with (q / INR N) in B by (field; lra).
  assert (P : 0 < sqrt (q / INR N)) by positive.
  replace (q / (2 * s ^ 2)) with (q / 2 / s ^ 2) by (field; lra).
  replace (q / (2 * sqrt (q / INR N) ^ 2)) with (q / 2 / sqrt (q / INR N) ^ 2) by (field; lra). lra.
Qed.
